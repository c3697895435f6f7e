-- For wrk: posts the same ALERTS (environment; default 1) known alerts again and again.
local count = tonumber(os.getenv("ALERTS") or "1")
local starts = os.date("!%Y-%m-%dT%H:%M:%S.000Z", os.time() - 60)
local ends = os.date("!%Y-%m-%dT%H:%M:%S.000Z", os.time() + 3600)
local alerts = {}
for i = 1, count do
  alerts[i] = string.format(
    '{"labels":{"alertname":"DiskAlmostFull","cluster":"prod","instance":"node-%d:9100","job":"node","service":"shop",' ..
      '"severity":"warning"},"annotations":{"summary":"Disk of node-%d is almost full","description":"94 %% of /var are in use"},' ..
      '"startsAt":"%s","endsAt":"%s","generatorURL":"http://prometheus:9090/graph?g0.expr=disk&g0.tab=1"}',
    i, i, starts, ends)
end
wrk.method = "POST"
wrk.path = "/api/v2/alerts"
wrk.headers["Content-Type"] = "application/json"
wrk.body = "[" .. table.concat(alerts, ",") .. "]"

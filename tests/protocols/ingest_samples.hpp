#pragma once

#include <string>
#include <string_view>

#include "protocols/ingest.hpp"

/// Bodies and moments that the tests of ingest share.
namespace samples {

inline constexpr tocsin::timestamp now{std::chrono::milliseconds{1'795'480'000'000}}; // 2026-11-24T00:26:40Z

inline constexpr tocsin::ingest_options options{now, std::chrono::minutes{5}};

/// As Prometheus 2.53 sends it: one alert that fires, one that has ended.
inline constexpr std::string_view prometheus_body =
    R"([{"annotations":{"description":"127.0.0.1:3 has value 0","summary":"Backend down"},)"
    R"("endsAt":"2026-11-24T00:30:28.227Z","startsAt":"2026-11-24T00:17:28.227Z",)"
    R"("generatorURL":"http://prom.example:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1",)"
    R"("labels":{"alertname":"BackendDown","cluster":"prod-上海","instance":"127.0.0.1:3","severity":"critical"}},)"
    R"({"endsAt":"2026-11-24T00:20:00Z","startsAt":"2026-11-24T00:17:28.227Z","generatorURL":"",)"
    R"("labels":{"alertname":"DiskFull","instance":"b","severity":"warning"}}])";

/// As Alertmanager 0.28 sends it: one alert that fires, one that is resolved.
inline constexpr std::string_view webhook_body =
    R"({"receiver":"web\\.hook","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"A","team":"a\u003cb"},)"
    R"("annotations":{"summary":"API slow"},"startsAt":"2026-11-24T00:14:03.376287Z","endsAt":"0001-01-01T00:00:00Z",)"
    R"("generatorURL":"http://prom.example/graph?g0.expr=up\u0026g0.tab=1","fingerprint":"fdbe5e020dc1250f"},)"
    R"({"status":"resolved","labels":{"alertname":"B"},"annotations":{},"startsAt":"2026-11-24T08:00:00.123456789+08:00",)"
    R"("endsAt":"2026-11-24T00:20:03.421403277Z","generatorURL":"","fingerprint":"0034fccb447fe344"}],)"
    R"("groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://am.example:9093","version":"4",)"
    R"("groupKey":"{}:{alertname=\"A\"}","truncatedAlerts":0})"
    "\n";

/// As a Grafana of our days sends it, cut short.
inline constexpr std::string_view grafana_body =
    R"({"receiver":"tocsin","status":"firing","orgId":1,"alerts":[{"status":"firing","labels":{"alertname":"CPU"},)"
    R"("annotations":{"__value_string__":"[ var='A' ]"},"startsAt":"2026-11-24T00:20:00Z","endsAt":"0001-01-01T00:00:00Z",)"
    R"("generatorURL":"http://grafana/alerting/1/edit","fingerprint":"1","silenceURL":"http://g","values":{"A":1.5e3,"B":null},)"
    R"("valueString":"[ 1 ]","imageURL":"","ruleUID":"abc"}],"groupLabels":{},"version":"1","title":"x","state":"alerting",)"
    R"("message":"**Firing**\n","truncatedAlerts":0})";

} // namespace samples

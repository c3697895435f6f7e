#!/usr/bin/env bash
# Starts a Tocsin with demo.yml and feeds it a small storm of alerts.
# usage: examples/demo.sh build/tocsin [TOCSIN-ARGUMENTS...]
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
program=${1:?usage: examples/demo.sh PROGRAM [TOCSIN-ARGUMENTS...]}
shift
address=${TOCSIN_DEMO_ADDRESS:-127.0.0.1:9095}
url=http://$address
storage=$(mktemp -d)

tell() { printf '\n=== demo: %s\n' "$*"; }

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# alert NAME SEVERITY SUMMARY LABELS [ENDS_AT]: one alert as JSON; LABELS as `"a":"b","c":"d"`.
alert() {
  local ends=''
  [[ -z ${5:-} ]] || ends=",\"endsAt\":\"$5\""
  printf '{"labels":{"alertname":"%s","severity":"%s",%s},"annotations":{"summary":"%s"}%s}' "$1" "$2" "$4" "$3" "$ends"
}

# post ALERT...: sends them in one request, as Prometheus does.
post() {
  local IFS=,
  curl --silent --show-error --fail --max-time 5 --header 'Content-Type: application/json' \
    --data "[$*]" "$url/api/v2/alerts"
}

nodes() {
  local from=$1 to=$2 ends=${3:-} node alerts=()
  for ((node = from; node <= to; ++node)); do
    alerts+=("$(alert NodeDown warning "node-$node does not answer" "\"rack\":\"r7\",\"instance\":\"node-$node\"" "$ends")")
  done
  post "${alerts[@]}"
}

pool() {
  post "$(alert DatabaseConnectionPoolExhausted critical 'All 100 connections are in use' \
    '"database":"orders","instance":"db1","service":"shop"' "${1:-}")"
}

symptoms() {
  post "$(alert SlowDatabaseQueries warning 'Queries take 9 s' '"database":"orders","instance":"db1","service":"shop"')" \
    "$(alert HighDatabaseConnections warning '100 of 100 connections' '"database":"orders","instance":"db1","service":"shop"')"
}

wait_until_ready() {
  local try
  for ((try = 0; try < 100; ++try)); do
    curl --silent --fail --max-time 1 --output /dev/null "$url/-/ready" && return
    kill -0 "$tocsin" 2>/dev/null || exit 1
    sleep 0.1
  done
  tell "Tocsin did not become ready within 10 seconds" >&2
  exit 1
}

acknowledge_certificate() {
  local id
  id=$(curl --silent --max-time 5 "$url/api/alerts/history?alert_name=CertificateExpiresSoon&limit=1" |
    grep -oE '"id": ?[0-9]+' | head -n 1 | grep -oE '[0-9]+') || true
  [[ -n $id ]] || return 0
  curl --silent --show-error --max-time 5 --output /dev/null --request PUT \
    "$url/api/alerts/history/$id/acknowledge?acknowledged_by=demo&comment=renewing"
}

storm() {
  tell "a certificate expires soon; only informative, and nobody will acknowledge it for a while"
  post "$(alert CertificateExpiresSoon info 'The certificate of shop.example ends in 20 days' '"service":"shop","instance":"shop.example"')"
  sleep 1
  tell "the connection pool of a database is exhausted: critical, told at once"
  pool
  sleep 1
  tell "its symptoms follow: slow queries and many connections. Suppressed, so you will not see them"
  symptoms
  tell "a rack loses its power: twelve NodeDown alerts within three seconds, and some of them twice"
  nodes 1 4
  sleep 1
  nodes 3 9
  sleep 1
  nodes 8 12
  sleep 1
  tell "one message for the whole rack comes when its window of 5 s closes; the certificate escalates after 10 s and 25 s"
  sleep 25
  pool
  tell "somebody acknowledges the certificate: its escalation ends"
  acknowledge_certificate
  tell "the database recovers and the rack has power again"
  pool "$(now)"
  nodes 1 12 "$(now)"
  sleep 14
  tell "the storm is over. What is remembered, suppressed symptoms included:"
  curl --silent --max-time 5 "$url/api/alerts/history?limit=4" | head -c 1500
  printf '\n'
  tell "more at $url/api/alerts/history and $url/api/alerts/notification-history; Ctrl-C ends the demo"
}

cleanup() {
  kill "${feeder:-}" 2>/dev/null || true
  if [[ -n ${tocsin:-} ]] && kill "$tocsin" 2>/dev/null; then wait "$tocsin" 2>/dev/null || true; fi
  rm -rf "$storage"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

"$program" --config.file="$here/demo.yml" --storage.path="$storage" --web.listen-address="$address" --log.level=warn "$@" &
tocsin=$!
wait_until_ready
storm &
feeder=$!
wait "$tocsin"

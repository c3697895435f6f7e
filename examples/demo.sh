#!/usr/bin/env bash
# Starts a Tocsin with demo.yml and feeds it a small storm of alerts: grouping,
# duplicates, suppression, escalation, acknowledgement and resolution in a minute.
# usage: examples/demo.sh build/tocsin [TOCSIN-ARGUMENTS...]
# TOCSIN_DEMO_ADDRESS=HOST:PORT moves it from 127.0.0.1:9095.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
program=${1:?usage: examples/demo.sh PROGRAM [TOCSIN-ARGUMENTS...]}
shift
address=${TOCSIN_DEMO_ADDRESS:-127.0.0.1:9095}
url=http://$address

bold='' plain=''
if [[ -t 1 ]]; then bold=$'\e[1;36m' plain=$'\e[0m'; fi

# title TEXT: a new chapter. tell TEXT: what to look for. Both stand out from what Tocsin prints.
title() { printf '\n%s=== %s%s\n' "$bold" "$*" "$plain"; }
tell() { printf '%s  | %s%s\n' "$bold" "$*" "$plain"; }

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

# put PATH JSON: does something to an alert, and shows how.
put() {
  tell "curl -X PUT $url$1 --json '$2'"
  curl --silent --show-error --fail --max-time 5 --output /dev/null --request PUT \
    --header 'Content-Type: application/json' --data "$2" "$url$1"
}

# get PATH: the rows of an answer, one a line.
get() { curl --silent --show-error --fail --max-time 5 "$url$1" | sed 's/^.*"data":\[//; s/},{"id":/}\n{"id":/g'; }

# field NAME ROW: one value out of a row, without its quotes.
field() { sed -E "s/^.*\"$1\":(\"([^\"]*)\"|([^,}]*)).*\$/\\2\\3/" <<<"$2"; }

nodes() {
  local from=$1 to=$2 ends=${3:-} node alerts=()
  for ((node = from; node <= to; ++node)); do
    alerts+=("$(alert NodeDown warning "node-$node does not answer" "\"rack\":\"r7\",\"instance\":\"node-$node\"" "$ends")")
  done
  post "${alerts[@]}"
}

readonly database='"database":"orders","instance":"db1","service":"shop"'
pool() { alert DatabaseConnectionPoolExhausted critical 'All 100 connections are in use' "$database" "${1:-}"; }
slow() { alert SlowDatabaseQueries warning 'Queries take 9 s' "$database" "${1:-}"; }
many() { alert HighDatabaseConnections warning '100 of 100 connections' "$database" "${1:-}"; }

grouping() {
  title "1. Grouping and duplicates: a rack loses its power"
  tell "Twelve nodes go down within three seconds, and some are reported twice."
  tell "The alerts wait 5 s for each other; then you get one message, and (×2) marks what came twice."
  nodes 1 4
  sleep 1
  nodes 3 9
  sleep 1
  nodes 8 12
  sleep 5
}

suppression() {
  local row
  title "2. Suppression: a database runs out of connections"
  tell "That is critical and told at once. Its two symptoms follow, and you will not be told of those."
  post "$(pool)"
  sleep 1
  post "$(slow)" "$(many)"
  sleep 6
  tell "The history keeps the symptoms, with the reason:"
  get '/api/alerts/history?status=suppressed' | while read -r row; do
    tell "  $(field alert_name "$row"): $(field suppressed_by "$row")"
  done
}

escalation() {
  title "3. Escalation: a certificate expires soon, and nobody looks"
  tell "It is only informative when it comes, after a window of 5 s."
  tell "Not acknowledged for 8 s, it is a warning; after 8 s more it is critical, and on-call is told."
  post "$(alert CertificateExpiresSoon info 'The certificate of shop.example ends in 20 days' \
    '"service":"shop","instance":"shop.example"')"
  sleep 18
}

acknowledgement() {
  local id
  title "4. Acknowledgement: somebody takes the certificate, and it grows no louder"
  id=$(field id "$(get '/api/alerts/history?alert_name=CertificateExpiresSoon&limit=1')")
  put "/api/alerts/history/$id/acknowledge" '{"acknowledged_by":"ada","comment":"renewing it"}'
  sleep 2
  tell "Renewed. This one is resolved by hand, and whoever was told of it hears that it is over:"
  put "/api/alerts/history/$id/resolve" '{}'
  sleep 6
}

resolution() {
  title "5. Resolution: the rack has power again, the database recovers"
  tell "Nobody was told of the symptoms, so nobody is told of their end."
  nodes 1 12 "$(now)"
  post "$(pool "$(now)")" "$(slow "$(now)")" "$(many "$(now)")"
  sleep 7
}

summary() {
  local row
  title "What is remembered"
  printf '%4s  %-44s %-8s %-8s %5s %7s %8s\n' id alert severity status level reports messages
  get '/api/alerts/history?limit=20' | while read -r row; do
    printf '%4s  %-44s %-8s %-8s %5s %7s %8s\n' "$(field id "$row")" \
      "$(field alert_name "$row")${row:+ $(field instance "$row")}" "$(field severity "$row")" "$(field status "$row")" \
      "$(field escalation_level "$row")" "$(field occurrence_count "$row")" "$(field notification_count "$row")"
  done
  tell "All of it: $url/api/alerts/history and $url/api/alerts/notification-history"
  tell "Ctrl-C ends the demo and deletes what it stored."
}

storm() {
  title "Tocsin listens on $url; everything below is examples/demo.yml at work"
  tell "Lines that begin with a time are notifications, as Tocsin prints them."
  grouping
  suppression
  escalation
  acknowledgement
  resolution
  summary
}

wait_until_ready() {
  local try
  for ((try = 0; try < 100; ++try)); do
    kill -0 "$tocsin" 2>/dev/null || exit 1
    curl --silent --fail --max-time 1 --output /dev/null "$url/-/ready" && return
    sleep 0.1
  done
  printf 'Tocsin did not become ready within 10 seconds\n' >&2
  exit 1
}

cleanup() {
  kill "${feeder:-}" 2>/dev/null || true
  if [[ -n ${tocsin:-} ]] && kill "$tocsin" 2>/dev/null; then wait "$tocsin" 2>/dev/null || true; fi
  [[ -z ${storage:-} ]] || rm -rf "$storage"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# The storm must not reach a Tocsin that somebody relies on.
if curl --silent --max-time 2 --output /dev/null "$url/"; then
  printf 'error: something answers on %s already; stop it, or choose another: TOCSIN_DEMO_ADDRESS=127.0.0.1:9195\n' "$address" >&2
  exit 1
fi

storage=$(mktemp -d)
"$program" --config.file="$here/demo.yml" --storage.path="$storage" --web.listen-address="$address" --log.level=warn "$@" &
tocsin=$!
wait_until_ready
tell "Open $url/ to watch it in a browser."
storm &
feeder=$!
wait "$feeder" || title "The demo broke off: a request was not answered as expected"
wait "$tocsin"

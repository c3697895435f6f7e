#!/usr/bin/env bash
# Measures how fast alerts are taken in: Tocsin, Debian's Alertmanager and an
# empty handler in turn, one after the other, in one run.
# usage: bench/ingest.sh [ROUNDS (3)] [SECONDS-PER-MEASUREMENT (5)]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source cmake/setup.sh
source bench/peers.sh

readonly rounds=${1:-3}
readonly seconds=${2:-5}
readonly contestants=(tocsin alertmanager empty)

# wrk_alerts NAME ALERTS: alerts a second when each request holds that many known ones.
wrk_alerts() {
  local name=$1 alerts=$2 port out
  port=$(port_of "$name")
  ALERTS=$alerts wrk -t1 -c8 -d1s -s bench/alerts.lua "http://127.0.0.1:$port" >/dev/null
  out=$(ALERTS=$alerts wrk -t1 -c8 -d"${seconds}s" -s bench/alerts.lua "http://127.0.0.1:$port")
  if grep -q 'Non-2xx' <<<"$out"; then
    say "$name refused requests: $(grep 'Non-2xx' <<<"$out")"
  fi
  awk -v n="$alerts" '/^Requests\/sec:/ {printf "%.0f", $2 * n}' <<<"$out"
}

flood_alerts() { "$build_dir/bench_flood" "$(port_of "$1")" 200000 500 4; }

# compare TITLE COMMAND...: runs `COMMAND NAME` for each peer in turn, and again
# and again, each on a fresh server; prints medians and ratios.
compare() {
  local title=$1 round name
  local -A results=() medians=()
  shift
  printf '\n%s\n' "$title"
  for ((round = 1; round <= rounds; ++round)); do
    for name in "${contestants[@]}"; do
      start_server "$name" bench/ingest.yml
      results[$name]+="$(measure "$name" "$@") "
      stop_all
    done
  done
  for name in "${contestants[@]}"; do
    # shellcheck disable=SC2086 # a list of numbers
    medians[$name]=$(median ${results[$name]})
    printf '  %-14s %9s alerts/s   (%s)\n' "$name" "${medians[$name]}" "${results[$name]% }"
  done
  printf '  tocsin / alertmanager %s   tocsin / empty %s\n' "$(ratio "${medians[tocsin]}" "${medians[alertmanager]}")" \
    "$(ratio "${medians[tocsin]}" "${medians[empty]}")"
}

measure() {
  local name=$1 command=$2
  shift 2
  "$command" "$name" "$@" || echo 0
}

prepare
print_versions
printf 'each number is alerts a second; median of %d rounds of %d s\n' "$rounds" "$seconds"
compare 'one known alert a request (wrk -t1 -c8)' wrk_alerts 1
compare '64 known alerts a request (wrk -t1 -c8)' wrk_alerts 64
compare '200,000 new alerts, 500 a request, 4 connections' flood_alerts

#!/usr/bin/env bash
# Measures how long a list of all that fires takes, and what it costs in memory: Tocsin and Debian's Alertmanager in turn.
# usage: bench/listing.sh [ALERTS (200000)] [ROUNDS (3)]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source cmake/setup.sh
source bench/peers.sh

alerts=${1:-200000}
rounds=${2:-3}

# Megabytes of its own that a process has; pages of its files in memory, which the system may take back, are left out.
own_memory() { awk '/^RssAnon/ {printf "%.0f", $2 / 1024}' "/proc/$1/status"; }
most_memory() { awk '/^VmHWM/ {printf "%.0f", $2 / 1024}' "/proc/$1/status"; }

# list NAME PATH: the seconds that the whole answer took.
list() {
  curl --silent --fail --output "$scratch/$1.json" --write-out '%{time_total}' "http://127.0.0.1:$(port_of "$1")/api/v2/$2"
}

prepare
print_versions
declare -A pid
for name in tocsin alertmanager; do
  start_server "$name" bench/ingest.yml
  pid[$name]=$server
  "$build_dir/bench_flood" "$(port_of "$name")" "$alerts" 500 4 0 >/dev/null
  printf '%-13s %s alerts, %s MB of its own\n' "$name" "$alerts" "$(own_memory "$server")"
done
for path in alerts alerts/groups 'alerts?limit=1000'; do
  declare -A took=([tocsin]='' [alertmanager]='')
  for ((round = 0; round < rounds; ++round)); do
    for name in tocsin alertmanager; do took[$name]+=" $(list "$name" "$path")"; done
  done
  ours=$(median ${took[tocsin]})
  theirs=$(median ${took[alertmanager]})
  printf '%-18s %8.3f s  %8.3f s  %s of its time\n' "$path" "$ours" "$theirs" "$(ratio "$ours" "$theirs")"
done
for name in tocsin alertmanager; do
  printf '%-13s %s MB of its own afterwards, at most %s MB with files\n' "$name" "$(own_memory "${pid[$name]}")" \
    "$(most_memory "${pid[$name]}")"
done

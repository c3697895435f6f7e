#!/usr/bin/env bash
# Measures the analytics over a year of alerts, and how fast new ones are written.
# usage: bench/analytics.sh [ALERTS (1000000)] [REPEATS (200)]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source cmake/setup.sh

alerts=${1:-1000000}
repeats=${2:-200}
port=${TOCSIN_BENCH_PORT:-19095}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench-XXXXXX")
server=''
ingest=''

stop() {
  [[ -z $ingest ]] || kill "$ingest" 2>/dev/null || true
  [[ -z $server ]] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  server=''
  ingest=''
}
trap 'stop; rm -rf "$scratch"' EXIT

# 5,000 alerts that nobody has seen before, every second.
ingest_forever() {
  local first=0
  while true; do
    sleep 1 &
    "$build_dir/bench_flood" "$port" 5000 100 1 "$first" >/dev/null || true
    first=$((first + 5000))
    wait $!
  done
}

# measure FOLDER: every call, alone and beside ingest.
measure() {
  local try
  "$build_dir/tocsin" --config.file=bench/analytics.yml --storage.path="$1" --web.listen-address="127.0.0.1:$port" \
    --log.level=error >"$scratch/out" 2>&1 &
  server=$!
  for ((try = 0; try < 300; ++try)); do
    curl -sf "127.0.0.1:$port/-/ready" >/dev/null && break
    sleep 0.1
  done
  echo 'alone'
  "$build_dir/bench_calls" "$port" "$repeats"
  ingest_forever &
  ingest=$!
  echo 'while 5,000 new alerts a second come in'
  "$build_dir/bench_calls" "$port" "$repeats"
  stop
}

check_system
install_packages "${build_packages[@]}" curl
configure -DTOCSIN_BUILD_BENCH=ON
build bench_history bench_calls bench_flood tocsin
printf 'machine  %s processors, %s\n' "$(nproc)" "$(uname -sr)"
"$build_dir/bench_history" inserts "$scratch/new" 5
for count in $((alerts / 10)) "$alerts"; do
  "$build_dir/bench_history" fill "$scratch/$count" "$count" 365
  measure "$scratch/$count"
done

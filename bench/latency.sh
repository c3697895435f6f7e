#!/usr/bin/env bash
# Measures the time from the POST of a new alert to the arrival of its webhook:
# Tocsin and Debian's Alertmanager, alternating alert by alert.
# usage: bench/latency.sh [COUNT (500)]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source cmake/setup.sh
source bench/peers.sh

prepare
print_versions
sed "s/SINK_PORT/$sink_port/" bench/latency.yml >"$scratch/latency.yml"
start_server tocsin "$scratch/latency.yml"
start_server alertmanager "$scratch/latency.yml"
printf '\nPOST to webhook arrival, group_wait 0s, %s alerts each\n' "${1:-500}"
"$build_dir/bench_latency" "$sink_port" "${1:-500}" "tocsin=$tocsin_port" "alertmanager=$alertmanager_port"

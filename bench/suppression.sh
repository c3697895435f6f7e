#!/usr/bin/env bash
# Measures how long it takes to find an alert's route and whether it is suppressed,
# with 125 to 1,000 routes, inhibit rules and silences. Needs no server and no network.
# usage: bench/suppression.sh [ALERTS (20000)] [ROUNDS (7)]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
source cmake/setup.sh

check_system
install_packages "${build_packages[@]}"
configure -DTOCSIN_BUILD_BENCH=ON
build bench_suppression
printf 'machine  %s processors, %s\n' "$(nproc)" "$(uname -sr)"
"$build_dir/bench_suppression" "$@"

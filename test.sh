#!/usr/bin/env bash
# Installs what is missing, builds everything and runs the whole test suite.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
source cmake/setup.sh

if (($#)); then
  say "usage: ./test.sh    (no arguments; for one test: ninja -C build && build/test_protocols --run_test=NAME)"
  [[ $1 == --help || $1 == -h ]] && exit 0
  exit 2
fi

# Prints `N passed, N failed`, counted in test cases.
summary() {
  local log=$1 ran failed
  ran=$(grep -c 'Leaving test case' "$log" || true)
  failed=$(grep -oE '(fatal )?error: in "[^"]*"' "$log" | sed 's/.*in //' | sort -u | wc -l || true)
  # A program that crashed or was stopped for its time has no case to blame.
  if ((status && failed == 0)); then failed=1; fi
  ((ran >= failed)) || ran=$failed
  printf '%d passed, %d failed\n' "$((ran - failed))" "$failed"
}

check_system
install_packages "${build_packages[@]}" libboost-test-dev curl sqlite3 python3 python3-aiosmtpd \
  chromium chromium-driver python3-selenium
fetch_peer prometheus
fetch_peer prometheus-alertmanager
configure -DTOCSIN_BUILD_TESTS=ON
build

export TOCSIN_PEERS=$PWD/$build_dir/peers
status=0
# More at once than there are processors: most of them wait for the clock.
ctest --test-dir "$build_dir" --parallel $(($(nproc) + 2)) --output-on-failure || status=$?
summary "$build_dir/Testing/Temporary/LastTest.log"
exit "$status"

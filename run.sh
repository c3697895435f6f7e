#!/usr/bin/env bash
# Installs what is missing, builds Tocsin and starts it.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
source cmake/setup.sh

usage() {
  cat <<'END'
usage: ./run.sh [--build-only | --demo] [--help] [-- TOCSIN-ARGUMENTS...]

  (nothing)     build, then start Tocsin on its built-in configuration
  --build-only  stop after the build
  --demo        start it with examples/demo.yml and feed it a small storm of alerts
  --            what follows is passed to tocsin, for example:
                ./run.sh -- --config.file=alertmanager.yml --web.listen-address=0.0.0.0:9095
END
}

mode=run
while (($#)); do
  case $1 in
    --build-only) mode=build ;;
    --demo) mode=demo ;;
    -h | --help) usage && exit 0 ;;
    --) shift && break ;;
    *) usage >&2 && die "unknown argument $1; arguments for tocsin come behind --" ;;
  esac
  shift
done

check_system
install_packages "${build_packages[@]}"
[[ $mode != demo ]] || install_packages curl
# A folder that test.sh has configured keeps its tests.
if grep -qs '^TOCSIN_BUILD_TESTS:BOOL=ON' "$build_dir/CMakeCache.txt"; then
  configure
else
  configure -DTOCSIN_BUILD_TESTS=OFF
fi
build tocsin

case $mode in
  build)
    say "Built $build_dir/tocsin. ./run.sh starts it."
    ;;
  demo)
    exec examples/demo.sh "$build_dir/tocsin" "$@"
    ;;
  run)
    if (($# == 0)); then
      say "Starting Tocsin on http://127.0.0.1:9095; open that in a browser to see what fires."
      say "Notifications appear here; Ctrl-C ends it, and ./run.sh goes on where it stopped."
    fi
    exec "$build_dir/tocsin" "$@"
    ;;
esac

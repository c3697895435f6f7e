# Shared by the benchmarks: builds, fetches and starts the programs that are
# compared. Sourced by bash from the root of the project, after cmake/setup.sh.

readonly tocsin_port=${TOCSIN_BENCH_PORT:-19095}
readonly alertmanager_port=$((tocsin_port + 1))
readonly empty_port=$((tocsin_port + 2))
readonly sink_port=$((tocsin_port + 3))
readonly alertmanager=$build_dir/peers/usr/bin/prometheus-alertmanager

scratch=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench-XXXXXX")
server=''
servers=()

stop_all() {
  local pid
  for pid in "${servers[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  servers=()
}
trap 'stop_all; rm -rf "$scratch"' EXIT

prepare() {
  check_system
  install_packages "${build_packages[@]}" wrk curl
  fetch_peer prometheus-alertmanager
  configure -DTOCSIN_BUILD_BENCH=ON
  build bench
}

port_of() {
  case $1 in
    tocsin) echo "$tocsin_port" ;;
    alertmanager) echo "$alertmanager_port" ;;
    empty) echo "$empty_port" ;;
  esac
}

# start_server NAME CONFIGURATION: starts it on an empty storage; returns once it is ready.
start_server() {
  local name=$1 configuration=$2 port data try
  port=$(port_of "$name")
  data=$(mktemp -d "$scratch/$name-XXXXXX")
  case $name in
    tocsin)
      "$build_dir/tocsin" --config.file="$configuration" --storage.path="$data" \
        --web.listen-address="127.0.0.1:$port" --log.level=warn >"$data/out" 2>&1 &
      ;;
    alertmanager)
      "$alertmanager" --config.file="$configuration" --storage.path="$data" \
        --web.listen-address="127.0.0.1:$port" --cluster.listen-address= --log.level=error >"$data/out" 2>&1 &
      ;;
    empty)
      "$build_dir/bench_empty_server" "$port" >"$data/out" 2>&1 &
      ;;
  esac
  server=$!
  servers+=("$server")
  for ((try = 0; try < 100; ++try)); do
    curl --silent --fail --max-time 1 --output /dev/null "http://127.0.0.1:$port/-/ready" && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$data/out" >&2
  die "$name does not answer on port $port"
}

print_versions() {
  printf 'machine       %s processors, %s\n' "$(nproc)" "$(uname -sr)"
  printf 'tocsin        %s\n' "$("$build_dir/tocsin" --version 2>&1 | head -n 1)"
  printf 'alertmanager  %s\n' "$("$alertmanager" --version 2>&1 | head -n 1)"
  printf 'empty         a cpp-httplib handler that does nothing, version %s\n' \
    "$(dpkg-query -W -f='${Version}' libcpp-httplib-dev)"
}

median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", (b > 0) ? a / b : 0}'; }

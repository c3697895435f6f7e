# Shared by run.sh, test.sh and the benchmarks: checks the system, installs what
# is missing, configures and builds. Sourced by bash from the root of the project.

readonly build_dir=build
readonly log_dir=$build_dir/log

readonly build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libcaf-dev libcpp-httplib-dev libcurl4-openssl-dev libsqlitecpp-dev libsqlite3-dev libsimdjson-dev
  libyaml-cpp-dev libre2-dev prometheus-cpp-dev libcli11-dev libspdlog-dev libexpected-dev libssl-dev
  libhowardhinnant-date-dev libcrypt-dev tzdata libjs-chart.js
)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# Refuses early and clearly what cannot work.
check_system() {
  local id='' version='' name='this system'
  if [[ -r /etc/os-release ]]; then
    id=$(. /etc/os-release && printf '%s' "${ID:-}")
    version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
    name=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-$ID}")
  fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "$name is not supported: expected Debian 12 or newer (or a system made from it) with apt." \
      "In a container, 'docker run -it -v \"\$PWD:/src\" -w /src debian:12' gives you one."
  fi
  if [[ $id == debian && $version =~ ^[0-9]+$ ]] && ((version < 12)); then
    die "$name is too old: expected Debian 12 or newer, whose compiler and libraries this needs."
  fi
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Prints those of its arguments that apt does not know.
unknown_packages() {
  local package
  for package in "$@"; do
    apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || printf '%s ' "$package"
  done
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

# install_packages PACKAGE...: installs those that are missing, and nothing else.
install_packages() {
  local missing=() package unknown
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "these packages are missing and there is no sudo; as root, run:" \
      "apt-get install ${missing[*]}"
    say "These packages are missing and sudo may ask for your password: ${missing[*]}"
    sudo -v || die "without root rights nothing can be installed; as root, run: apt-get install ${missing[*]}"
  fi
  if [[ -n $(unknown_packages "${missing[@]}") ]]; then
    step "Reading the package lists" as_root apt-get -q update
    unknown=$(unknown_packages "${missing[@]}")
    [[ -z $unknown ]] || die "apt does not know: $unknown- expected Debian 12 or newer, or a system made from it."
  fi
  step "Installing ${#missing[@]} packages" install_now "${missing[@]}"
}

install_now() {
  local options=(-q -y --no-install-recommends)
  # Lists that are days old name files that the mirror no longer has: read them again, then try once more.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@" && return
  as_root apt-get -q update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@"
}

# step TITLE COMMAND...: runs it with its output in a log and one line of
# progress on the screen; shows the end of the log when it fails.
step() {
  local title=$1 log started=$SECONDS child status=0
  shift
  mkdir -p "$log_dir"
  log=$log_dir/$(tr -cs 'a-zA-Z0-9' '-' <<<"${title,,}" | sed 's/-*$//').log
  "$@" </dev/null >"$log" 2>&1 &
  child=$!
  trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
  if [[ -t 2 ]]; then
    while kill -0 "$child" 2>/dev/null; do
      printf '\r\033[K%s %s %d s' "$title" "$(progress_of "$log")" "$((SECONDS - started))" >&2
      sleep 0.5
    done
    printf '\r\033[K' >&2
  else
    say "$title ..."
  fi
  wait "$child" || status=$?
  trap - INT TERM
  if ((status)); then
    tail -n 40 "$log" >&2
    die "$title failed; all of it is in $log"
  fi
  if [[ -t 2 ]] || ((SECONDS - started > 1)); then say "$title: done, $((SECONDS - started)) s"; fi
}

# The last `[12/80]` that ninja printed.
progress_of() { tail -c 2000 "$1" 2>/dev/null | grep -o '\[[0-9]*/[0-9]*\]' | tail -n 1; }

# One compiler a processor, and 1.5 GB of memory each: CAF's templates want it.
build_jobs() {
  local processors memory_kb by_memory
  processors=$(nproc)
  memory_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  by_memory=$((${memory_kb:-1500000} / 1500000))
  ((by_memory < 1)) && by_memory=1
  printf '%d' "$((processors < by_memory ? processors : by_memory))"
}

# configure OPTION...: prepares the build folder, Release.
configure() {
  step "Configuring" cmake -G Ninja -S . -B "$build_dir" -DCMAKE_BUILD_TYPE=Release "$@"
}

# build TARGET...
build() {
  step "Building" ninja -C "$build_dir" -j "$(build_jobs)" "$@"
}

# fetch_peer PACKAGE: unpacks a Debian package under build/peers, where it is
# neither installed nor started as a service; needs no root.
fetch_peer() {
  local package=$1 peers=$build_dir/peers
  [[ -x $peers/usr/bin/$package ]] && return
  mkdir -p "$peers/deb"
  if [[ -n $(unknown_packages "$package") ]]; then step "Reading the package lists" as_root apt-get -q update; fi
  step "Fetching $package" download_peer "$package" "$peers"
}

download_peer() {
  local package=$1 peers
  peers=$(realpath "$2")
  (cd "$peers/deb" && apt-get -q download "$package") || return
  dpkg -x "$(find "$peers/deb" -name "${package}_*.deb" | head -n 1)" "$peers" || return
  [[ $package != prometheus-alertmanager ]] || relocate_alertmanager "$peers"
}

# Debian's Alertmanager looks for its templates in one fixed place, where only an
# installation puts them. This gives the unpacked copy another place of the same
# length, relative to the root of the project: build/peers//…/templates.
relocate_alertmanager() {
  local peers=$1 installed=/usr/share/prometheus/alertmanager place
  place=$build_dir/peers/templates
  while ((${#place} < ${#installed})); do place=${place/peers\//peers\/\/}; done
  cp -r "$peers$installed" "$peers/templates"
  LC_ALL=C sed -i "s|$installed|$place|g" "$peers/usr/bin/prometheus-alertmanager"
}

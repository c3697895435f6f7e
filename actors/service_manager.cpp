#include "actors/service_manager.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "actors/log.hpp"

namespace tocsin {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

/// systemd reads this clock, in microseconds, to tell which reload a message is about.
std::int64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

} // namespace

service_manager service_manager::of_environment() {
  auto every = number_in(variable("WATCHDOG_USEC"));
  // A process that was started by the one that is meant inherits the variables.
  const auto meant = variable("WATCHDOG_PID");
  if (!meant.empty() && number_in(meant) != ::getpid()) every.reset();
  std::string address(variable("NOTIFY_SOCKET"));
  if (!every) return service_manager(std::move(address));
  return service_manager(std::move(address), std::chrono::microseconds{*every});
}

void service_manager::ready(std::string_view status) const {
  send("READY=1\nSTATUS=" + std::string(status));
}

void service_manager::reloading() const {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds())
       + "\nSTATUS=Reading the configuration anew");
}

void service_manager::stopping() const {
  send("STOPPING=1\nSTATUS=Writing what is only in memory");
}

void service_manager::alive() const {
  send("WATCHDOG=1");
}

void service_manager::send(std::string_view state) const {
  if (address_.empty()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (address_.size() >= sizeof(to.sun_path) || (address_.front() != '/' && address_.front() != '@')) {
    return log::warn("NOTIFY_SOCKET is no name of a socket", {{"name", address_}});
  }
  std::memcpy(to.sun_path, address_.data(), address_.size());
  // An abstract name begins with a zero and has none at its end.
  const auto abstract = address_.front() == '@';
  if (abstract) to.sun_path[0] = '\0';
  const auto length = offsetof(sockaddr_un, sun_path) + address_.size() + (abstract ? 0 : 1);
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return log::warn("cannot tell the service manager", {{"why", std::strerror(errno)}});
  const auto sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to),
                             static_cast<socklen_t>(length));
  const auto error = errno;
  ::close(socket);
  if (sent < 0) log::warn("cannot tell the service manager", {{"why", std::strerror(error)}});
}

watchdog::watchdog(const service_manager& manager, std::function<bool(std::chrono::milliseconds)> answers) {
  if (!manager.watchdog()) return;
  const auto every =
      std::max(std::chrono::floor<std::chrono::milliseconds>(*manager.watchdog() / 3), std::chrono::milliseconds{1});
  thread_ = std::jthread([manager, answers = std::move(answers), every](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    while (!stop.stop_requested()) {
      if (answers(every)) {
        manager.alive();
      } else {
        log::warn("the dispatcher does not answer; the service manager is not told that this program is alive");
      }
      std::unique_lock lock(mutex);
      ended.wait_for(lock, stop, every, [] { return false; });
    }
  });
}

bool answers_in_time(caf::actor_system& system, const dispatcher_actor& dispatcher, std::chrono::milliseconds longest) {
  caf::scoped_actor self{system};
  bool answered = false;
  // What every actor of CAF answers by itself, through its mailbox.
  self->request(caf::actor_cast<caf::actor>(dispatcher), longest, caf::sys_atom_v, caf::get_atom_v, std::string("info"))
      .receive([&answered](caf::ok_atom, const std::string&, const caf::strong_actor_ptr&,
                           const std::string&) { answered = true; },
               [](const caf::error&) {});
  return answered;
}

} // namespace tocsin

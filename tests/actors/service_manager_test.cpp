#include "actors/service_manager.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

/// A socket in the abstract name space, which needs no file.
struct listener {
  std::string name = "@tocsin-test-" + std::to_string(::getpid());
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  listener() {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.data(), name.size());
    at.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    BOOST_REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&at), length) == 0);
  }
  ~listener() { ::close(socket); }

  /// The next message; empty when there is none within the deadline.
  std::string next(std::chrono::milliseconds deadline) const {
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(deadline.count())) != 1) return {};
    std::array<char, 1024> text{};
    const auto length = ::recv(socket, text.data(), text.size(), 0);
    return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : std::string();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(service, listener)

BOOST_AUTO_TEST_CASE(no_sign_of_life_is_passed_on_before_there_is_one) {
  std::atomic<int> asked{0};
  const service_manager manager(name, 3ms);
  const watchdog guard(manager, [&asked](std::chrono::milliseconds) { return ++asked >= 4; });
  BOOST_TEST(next(10s) == "WATCHDOG=1");
  BOOST_TEST(asked >= 4);
  // And again.
  BOOST_TEST(next(10s) == "WATCHDOG=1");
}

BOOST_AUTO_TEST_CASE(a_manager_that_wants_no_signs_of_life_gets_none) {
  std::atomic<int> asked{0};
  {
    const watchdog guard(service_manager(name), [&asked](std::chrono::milliseconds) { return ++asked > 0; });
  }
  BOOST_TEST(asked == 0);
  BOOST_TEST(next(0ms) == "");
}

BOOST_AUTO_TEST_CASE(the_variables_of_another_process_mean_nothing) {
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "5000000", 1);
  BOOST_TEST((service_manager::of_environment().watchdog() == 5s));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  BOOST_TEST((service_manager::of_environment().watchdog() == 5s));
  for (const auto* other : {"1", "x"}) {
    ::setenv("WATCHDOG_PID", other, 1);
    BOOST_TEST(!service_manager::of_environment().watchdog().has_value());
  }
  ::unsetenv("WATCHDOG_PID");
  for (const auto* odd : {"", "0", "-5", "soon", "5s"}) {
    ::setenv("WATCHDOG_USEC", odd, 1);
    BOOST_TEST(!service_manager::of_environment().watchdog().has_value());
  }
  service_manager::of_environment().ready("fine");
  BOOST_TEST(next(0ms) == "READY=1\nSTATUS=fine");
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  service_manager::of_environment().ready("fine");
  BOOST_TEST(next(0ms) == "");
}

BOOST_AUTO_TEST_CASE(a_manager_that_cannot_be_reached_does_no_harm) {
  for (const std::string odd : {"relative", "/no/such/socket", "@"}) service_manager(odd).ready("fine");
  service_manager("/" + std::string(200, 'x')).stopping();
  service_manager().alive();
  BOOST_TEST(next(0ms) == "");
}

BOOST_AUTO_TEST_SUITE_END()

// The program as people at a terminal and scripts start it, and as a service manager does.

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/e2e/api.hpp"
#include "tests/e2e/program.hpp"
#include "tests/e2e/socket.hpp"

using namespace tocsin::e2e;

namespace {

constexpr const char* silent = "route: {receiver: none}\nreceivers: [{name: none}]\n";

struct run {
  std::optional<int> exit_code;
  std::string out;
  std::string err;
};

/// Runs the program to its end.
run command(std::vector<std::string> arguments, const std::vector<std::string>& variables = {}) {
  std::vector<std::string> whole{"/usr/bin/env"};
  whole.insert(whole.end(), variables.begin(), variables.end());
  whole.emplace_back(TOCSIN_PROGRAM);
  whole.insert(whole.end(), arguments.begin(), arguments.end());
  process p(whole);
  const auto code = p.wait(20s);
  return {code, p.out(), p.err()};
}

/// What a service manager listens on.
class manager_socket {
 public:
  /// @param name as NOTIFY_SOCKET has it.
  explicit manager_socket(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.data(), name.size());
    if (name.front() == '@') at.sun_path[0] = '\0';
    const auto length = offsetof(sockaddr_un, sun_path) + name.size() + (name.front() == '@' ? 0 : 1);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&at), static_cast<socklen_t>(length)) != 0) {
      throw std::system_error(errno, std::generic_category(), "bind");
    }
  }

  /// The next message; empty when none comes.
  std::string next(std::chrono::milliseconds deadline = 20s) const {
    pollfd waiting{socket_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(deadline.count())) != 1) return {};
    std::array<char, 4096> text{};
    const auto length = ::recv(socket_.get(), text.data(), text.size(), 0);
    return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : std::string();
  }

  /// The next one that begins like this, past those that say that it is alive.
  std::string next_of(const std::string& begin) const {
    for (auto message = next(); !message.empty(); message = next()) {
      if (message.starts_with(begin)) return message;
      if (message != "WATCHDOG=1") return "unexpected: " + message;
    }
    return {};
  }

 private:
  descriptor socket_;
};

/// Starts the program under such a manager and goes through its life.
void live_under(const std::string& name, const temporary_folder& folder) {
  const manager_socket manager(name);
  const auto file = folder.write("tocsin.yml", silent);
  process p({"/usr/bin/env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=300000", TOCSIN_PROGRAM, "--config.file=" + file,
             "--storage.path=" + (folder.path() / "data").string(), "--web.listen-address=127.0.0.1:0"});
  BOOST_TEST(manager.next_of("READY=1") == "READY=1\nSTATUS=Taking alerts in");
  BOOST_TEST(p.wait_for_err("Listening on address=", 5s).has_value());
  for (int i = 0; i < 3; ++i) BOOST_TEST(manager.next() == "WATCHDOG=1");
  ::kill(p.pid(), SIGHUP);
  BOOST_TEST(manager.next_of("RELOADING=1").find("\nMONOTONIC_USEC=") != std::string::npos);
  BOOST_TEST(manager.next_of("READY=1") == "READY=1\nSTATUS=Taking alerts in");
  folder.write("tocsin.yml", "nonsense: 1\n");
  ::kill(p.pid(), SIGHUP);
  BOOST_TEST(manager.next_of("RELOADING=1").starts_with("RELOADING=1"));
  BOOST_TEST(manager.next_of("READY=1") == "READY=1\nSTATUS=Taking alerts in; the new configuration cannot be read");
  ::kill(p.pid(), SIGTERM);
  BOOST_TEST(manager.next_of("STOPPING=1").starts_with("STOPPING=1"));
  BOOST_TEST(p.wait().value_or(-1) == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(commands_find_the_server_and_say_how_it_went_by_their_exit_code) {
  program tocsin(silent);
  api client(tocsin);
  BOOST_REQUIRE(client.post_all({alert_json({{"alertname", "A"}, {"severity", "critical"}})}).status == 200);
  const std::vector<std::string> here{"TOCSIN_URL=" + tocsin.url(""), "USER=ann"};

  const auto listed = command({"alerts", "query"}, here);
  BOOST_TEST(listed.exit_code.value_or(-1) == 0, listed.err);
  BOOST_TEST(listed.out.starts_with("ID  ALERT NAME"));
  // Not a terminal: no colours.
  BOOST_TEST(listed.out.find('\x1b') == std::string::npos);
  BOOST_TEST(command({"alerts", "ack", "1"}, here).out == "alert 1 A: acknowledged by ann\n");
  const auto none = command({"alerts", "query", "B", "--exit-code"}, here);
  BOOST_TEST(none.exit_code.value_or(-1) == 1);
  BOOST_TEST(none.err == "tocsin: no alerts match\n");
  BOOST_TEST(command({"alerts", "query", "--nonsense"}, here).exit_code.value_or(-1) == 2);
  BOOST_TEST(command({"alerts", "explain", "x"}, here).exit_code.value_or(-1) == 2);
  const auto silence = command({"silence", "add", "A", "--duration=1h", "--comment=c"}, here);
  BOOST_TEST(silence.exit_code.value_or(-1) == 0, silence.err);
  BOOST_TEST(command({"silence", "query", "-o", "csv"}, here).out.find(silence.out.substr(0, 36)) != std::string::npos);

  tocsin.terminate();
  const auto down = command({"alerts", "query", "--url=" + tocsin.url("")});
  BOOST_TEST(down.exit_code.value_or(-1) == 1);
  BOOST_TEST(down.out == "");
  BOOST_TEST(down.err
             == "tocsin: " + tocsin.url("")
                    + " does not answer: no connection; is Tocsin running there? Say where with --url or TOCSIN_URL\n");
}

BOOST_AUTO_TEST_CASE(routes_are_tried_without_a_server) {
  const temporary_folder folder;
  const auto file = "--config.file=" + folder.write("tocsin.yml", silent);
  BOOST_TEST(command({"routes", "show", file}).out == "none\n");
  const auto as_expected = command({"routes", "test", "a=b", "--expect=none", file});
  BOOST_TEST(as_expected.exit_code.value_or(-1) == 0, as_expected.err);
  const auto other = command({"routes", "test", "a=b", "--expect=ops", file});
  BOOST_TEST(other.exit_code.value_or(-1) == 1);
  BOOST_TEST(other.err == "tocsin: expected ops to be told, found none\n");
  BOOST_TEST(command({"routes", "test", "a", file}).exit_code.value_or(-1) == 2);
}

BOOST_AUTO_TEST_CASE(a_service_manager_is_told_how_the_program_stands) {
  const temporary_folder folder;
  live_under((folder.path() / "notify").string(), folder);
}

BOOST_AUTO_TEST_CASE(an_abstract_socket_of_a_service_manager_will_do) {
  const temporary_folder folder;
  live_under("@" + (folder.path() / "notify").string(), folder);
}

BOOST_AUTO_TEST_SUITE_END()

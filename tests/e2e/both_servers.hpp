#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/peers.hpp"
#include "tests/e2e/program.hpp"

namespace tocsin::e2e {

/// Tocsin and Alertmanager with the same configuration, and a client of each.
struct both_servers {
  alertmanager theirs;
  program ours;
  api their_client{theirs.port()};
  api our_client{ours};

  /// @param binary Alertmanager.
  /// @param arguments for both.
  both_servers(const std::string& binary, const std::string& their_configuration, const std::string& our_configuration,
               const std::vector<std::string>& arguments = {})
      : theirs(binary, their_configuration, arguments), ours(our_configuration, arguments) {}
  both_servers(const std::string& binary, std::string_view configuration)
      : both_servers(binary, std::string(configuration), std::string(configuration)) {}

  std::vector<api*> clients() { return {&their_client, &our_client}; }
};

/// Where Alertmanager is. Where it is nowhere the test's log says that it is left out.
inline std::optional<std::string> find_alertmanager() {
  auto found = find_peer("prometheus-alertmanager");
  if (!found) BOOST_TEST_MESSAGE("skipped: no prometheus-alertmanager under TOCSIN_PEERS nor in the PATH");
  return found;
}

} // namespace tocsin::e2e

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/program.hpp"

namespace tocsin::e2e {

/// A program of somebody else below the folder that TOCSIN_PEERS names, or in the PATH.
std::optional<std::string> find_peer(std::string_view name);

/// A running Alertmanager on a free port, with a configuration and a storage folder of its own.
class alertmanager {
 public:
  /// @throws std::runtime_error with its standard error when it does not listen.
  alertmanager(const std::string& binary, std::string_view configuration, std::vector<std::string> arguments = {});

  std::uint16_t port() const noexcept { return port_; }

 private:
  temporary_folder folder_;
  std::optional<process> process_;
  std::uint16_t port_ = 0;
};

/// What a command that has ended left behind.
struct outcome {
  int status = -1;
  std::string out;
  std::string err;
};

/// Runs a command to its end.
outcome run(const std::vector<std::string>& command);

} // namespace tocsin::e2e

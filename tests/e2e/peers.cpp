#include "tests/e2e/peers.hpp"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace tocsin::e2e {

std::optional<std::string> find_peer(std::string_view name) {
  std::string places;
  if (const char* peers = std::getenv("TOCSIN_PEERS")) places = std::string(peers) + "/usr/bin:";
  if (const char* path = std::getenv("PATH")) places += path;
  std::istringstream list(places);
  for (std::string place; std::getline(list, place, ':');) {
    const auto file = std::filesystem::path(place) / name;
    if (std::error_code ignored; std::filesystem::is_regular_file(file, ignored)) return file.string();
  }
  return std::nullopt;
}

alertmanager::alertmanager(const std::string& binary, std::string_view configuration,
                           std::vector<std::string> arguments) {
  constexpr std::string_view listening = "msg=\"Listening on\" address=127.0.0.1:";
  const auto file = folder_.write("alertmanager.yml", configuration);
  // The unpacked copy looks for its templates from the root of the project.
  std::vector<std::string> command{"/usr/bin/env",
                                   "-C",
                                   TOCSIN_SOURCE_DIR,
                                   binary,
                                   "--config.file=" + file,
                                   "--storage.path=" + (folder_.path() / "data").string(),
                                   "--web.listen-address=127.0.0.1:0",
                                   "--cluster.listen-address="};
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_.emplace(command);
  const auto line = process_->wait_for_err(listening, 20s);
  if (!line) throw std::runtime_error("Alertmanager does not listen; its standard error:\n" + process_->err());
  const auto digits = line->substr(line->find(listening) + listening.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), port_);
}

outcome run(const std::vector<std::string>& command) {
  process running(command);
  const auto status = running.wait(20s).value_or(-1);
  return {status, running.out(), running.err()};
}

} // namespace tocsin::e2e

#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

/// The commands and flags of the program as plain values, from which its pages are made.
namespace tocsin::config {

struct option_outline {
  /// With their dashes; the name of what stands for it when it has none.
  std::vector<std::string> names;
  std::string description;
  /// What stands for its value: `HOST:PORT`; empty for a switch.
  std::string value;
  /// The values that it may have, where these are few.
  std::vector<std::string> choices;
  /// What holds when it is not given.
  std::string otherwise;
  bool positional = false;
  bool required = false;
  bool repeated = false;
};

struct command_outline {
  std::string name;
  std::string description;
  std::vector<option_outline> options;
  std::vector<command_outline> commands;
};

/// Without what is hidden.
command_outline outline_of(const CLI::App& app);

/// For man(1), in troff.
std::string man_page(const command_outline& program, const std::string& version);

/// A script that completes the words of a command line in bash, or in zsh.
std::string bash_completion(const command_outline& program);
std::string zsh_completion(const command_outline& program);

} // namespace tocsin::config

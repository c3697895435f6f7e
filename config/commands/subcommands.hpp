#pragma once

#include <vector>

#include "config/command_line.hpp"

namespace CLI {
class App;
}

namespace tocsin::config {

/// A command that stands for itself, and what it asks for.
struct subcommand {
  const CLI::App* app = nullptr;
  command_line::action what = command_line::action::serve;
};

/// Adds all commands; what they read goes to `parsed`, which must outlive `root`.
std::vector<subcommand> add_subcommands(CLI::App& root, command_line& parsed);

/// The one that the command line named; to serve when it named none.
command_line::action chosen(const std::vector<subcommand>& commands);

} // namespace tocsin::config

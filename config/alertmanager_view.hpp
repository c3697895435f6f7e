#pragma once

#include <string>
#include <vector>

#include "config/reader.hpp"

namespace tocsin::config {

/// What Alertmanager itself would make of a file: its own blocks and keys, as YAML that its programs read (`amtool
/// config show`, `amtool config routes`). Ours are left out, and so are secrets: `<secret>` stands for them.
std::string alertmanager_view(const value& root);

/// The names of the receivers, in the order of the file.
std::vector<std::string> receiver_names(const value& root);

} // namespace tocsin::config

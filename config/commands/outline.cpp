#include "config/commands/outline.hpp"

#include <algorithm>
#include <string_view>

#include <CLI/CLI.hpp>

namespace tocsin::config {

namespace {

/// The library shows a list of allowed values as `TEXT:{table,json}`.
void split_type(const std::string& type, option_outline& option) {
  const auto colon = type.find(':');
  option.value = type.substr(0, colon);
  if (colon == std::string::npos || type.substr(colon, 2) != ":{") return;
  auto list = std::string_view(type).substr(colon + 2);
  list.remove_suffix(list.ends_with('}') ? 1 : 0);
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    option.choices.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  std::sort(option.choices.begin(), option.choices.end());
}

option_outline outline_of(const CLI::Option& o) {
  option_outline option;
  for (const auto& name : o.get_snames()) option.names.push_back("-" + name);
  for (const auto& name : o.get_lnames()) option.names.push_back("--" + name);
  option.positional = option.names.empty();
  if (option.positional) option.names.push_back(o.get_name(true));
  option.description = o.get_description();
  if (o.get_items_expected_min() > 0 || option.positional) split_type(o.get_type_name(), option);
  option.otherwise = o.get_default_str();
  option.required = o.get_required();
  option.repeated = o.get_items_expected_max() > 1;
  return option;
}

} // namespace

command_outline outline_of(const CLI::App& app) {
  command_outline command;
  command.name = app.get_name();
  command.description = app.get_description();
  // An empty group is how the library hides an option.
  for (const auto* o : app.get_options([](const CLI::Option* one) { return !one->get_group().empty(); })) {
    command.options.push_back(outline_of(*o));
  }
  const std::function<bool(const CLI::App*)> all;
  for (const auto* below : app.get_subcommands(all)) command.commands.push_back(outline_of(*below));
  return command;
}

} // namespace tocsin::config

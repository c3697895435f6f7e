#include "config/load.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "config/alertmanager_view.hpp"
#include "config/parts.hpp"
#include "config/yaml_tree.hpp"

namespace tocsin::config {

namespace {

constexpr std::string_view built_in_name = "built-in configuration";

constexpr std::array<std::string_view, 8> alertmanager_keys{
    "global", "route", "receivers", "inhibit_rules", "templates", "time_intervals", "mute_time_intervals", "tracing"};

constexpr std::array<std::string_view, 11> own_keys{
    "escalation",          "severity",    "history", "deduplication", "flapping", "silences",
    "maintenance_windows", "correlation", "hints",   "drills",        "on_call"};

/// Blocks that belong to the schema and are not read yet.
constexpr std::array<std::string_view, 1> later_keys{"auth"};

void read_history(const value& v, config& c) {
  if (!v.is_set() || !v.is_map()) return;
  constexpr std::array<std::string_view, 1> keys{"retention"};
  v.only({keys});
  const auto read = read_duration(v["retention"]);
  if (!read) return;
  if (!is_retention(*read)) return v["retention"].expected(retention_form);
  c.retention = *read;
}

/// Fills in what is made from the rest.
void build_indices(config& c) {
  std::vector<std::string> names;
  for (const auto& [name, ignored] : c.receivers) names.push_back(name);
  c.routes.add_drills(names);
  for (std::size_t i = 0; i < c.hints.size(); ++i) c.hint_index.add(i, c.hints[i].matchers);
  const auto& clusters = c.correlation.clusters;
  for (std::size_t i = 0; i < clusters.size(); ++i) c.cluster_index.add(i, clusters[i].matchers);
  for (std::size_t i = 0; i < c.inhibit_rules.size(); ++i) {
    c.inhibition_sources.add(i, c.inhibit_rules[i].source);
    c.inhibition_targets.add(i, c.inhibit_rules[i].target);
  }
}

std::uint64_t next_generation() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

config_ptr finish(config&& c) {
  return std::make_shared<const config>(std::move(c));
}

result<yaml::node_ptr> built_in_tree() {
  return yaml::parse(built_in_text(), std::string(built_in_name));
}

/// The severities hold as the built-in has them where a file says nothing else.
void default_severity(config& c, const environment& env) {
  reading in(std::string(built_in_name), {}, env);
  read_severity(value(in, built_in_tree().value())["severity"], c);
}

/// The built-in escalation, told to the file's own receivers of those names or
/// else to the group's.
void default_escalation(config& c, const environment& env) {
  reading in(std::string(built_in_name), {}, env);
  const auto block = value(in, built_in_tree().value())["escalation"];
  c.escalation = read_escalation(block, c.receivers, c.on_call, unknown_receiver::means_own_receiver);
}

bool is_told(const config& c, const std::string& name) {
  const auto& routes = c.routes.routes();
  if (std::any_of(routes.begin(), routes.end(), [&](const route& r) { return r.receiver == name; })) return true;
  return std::any_of(c.escalation.begin(), c.escalation.end(), [&](const escalation_policy& policy) {
    return std::any_of(policy.steps.begin(), policy.steps.end(),
                       [&](const escalation_step& step) { return step.receiver == name; });
  });
}

/// Receivers that alerts go to and that tell nobody because all their channels were left out.
std::vector<std::string> mute_receivers(const config& c) {
  std::vector<std::string> all;
  for (const auto& [name, r] : c.receivers) {
    if (r.left_out.empty() || !r.channels.empty() || !is_told(c, name)) continue;
    all.push_back("nobody is told what goes to the receiver \"" + name + "\": all its channels were left out");
  }
  return all;
}

void read_document(const value& root, config& c) {
  if (root.is_set() && !root.is_map()) return;
  root.only({alertmanager_keys, own_keys, later_keys});
  for (const auto key : later_keys) {
    if (root[key].is_written()) root[key].complain("this block is not available in this version; remove it");
  }
  auto defaults = read_global(root["global"], c);
  auto files = read_templates(root["templates"]);
  c.templates = defaults.templates = std::move(files.set);
  c.template_files = files.files;
  c.warnings = std::move(files.warnings);
  c.receivers = read_receivers(root["receivers"], defaults);
  c.time_intervals = read_time_intervals(root);
  c.on_call = read_on_call(root["on_call"], defaults, c.time_intervals, c.receivers);
  for (auto& gap : gaps_of(c.on_call)) c.warnings.push_back(std::move(gap));
  if (root["tracing"].is_set()) root["tracing"].warn("traces are not sent; the block has no effect");
  c.routes = read_routes(root["route"], c.receivers, c.time_intervals);
  c.inhibit_rules = read_inhibit_rules(root["inhibit_rules"]);
  read_severity(root["severity"], c);
  read_history(root["history"], c);
  c.maintenance_windows = read_maintenance_windows(root["maintenance_windows"], c.time_intervals);
  c.deduplication = read_deduplication(root["deduplication"]);
  c.flapping = read_flapping(root["flapping"]);
  c.silences = read_silences(root["silences"]);
  c.correlation = read_correlation(root["correlation"], c.receivers);
  c.hints = read_hints(root["hints"]);
  c.drills = read_drills(root["drills"], c.receivers);
  c.escalation = read_escalation(root["escalation"], c.receivers, c.on_call, unknown_receiver::is_an_error);
}

} // namespace

result<std::string> read_whole_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return fail(path + ": cannot read it: it is a folder");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(path + ": cannot read it: " + std::strerror(errno));
  std::string text(yaml::max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(path + ": cannot read it: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > yaml::max_bytes) {
    return fail(path + ": the file is too large; expected at most " + std::to_string(yaml::max_bytes) + " bytes");
  }
  return text;
}

result<config_ptr> load_text(std::string_view yaml_text, const std::string& name, const environment& env,
                             const load_options& options) {
  const auto tree = yaml::parse(yaml_text, name);
  if (!tree) return tl::unexpected(tree.error());
  reading in(name, std::filesystem::path(name).parent_path(), env, options);
  const value root(in, *tree);
  config c;
  c.source = name;
  default_severity(c, env);
  read_document(root, c);
  if (in.problem()) return tl::unexpected(*in.problem());
  c.warnings.insert(c.warnings.end(), in.warnings().begin(), in.warnings().end());
  for (auto& lost : mute_receivers(c)) c.warnings.push_back(std::move(lost));
  if (!root["escalation"].is_set()) default_escalation(c, env);
  build_indices(c);
  c.alertmanager_yaml = alertmanager_view(root);
  c.receiver_names = receiver_names(root);
  c.generation = next_generation();
  return finish(std::move(c));
}

result<config_ptr> load_file(const std::string& path, const environment& env, const load_options& options) {
  const auto text = read_whole_file(path);
  if (!text) return tl::unexpected(text.error());
  return load_text(*text, path, env, options);
}

config_ptr built_in(const environment& env) {
  auto loaded = load_text(built_in_text(), std::string(built_in_name), env);
  if (!loaded) throw std::invalid_argument(loaded.error().message);
  config c = **loaded;
  c.source.clear();
  return finish(std::move(c));
}

} // namespace tocsin::config

#include "config/reader.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "config/variables.hpp"

namespace tocsin::config {

namespace {

/// How many single-character edits lead from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string unknown_key(std::string_view key, const std::vector<std::string_view>& known) {
  const auto nearest = std::min_element(known.begin(), known.end(),
                                        [key](auto a, auto b) { return distance(key, a) < distance(key, b); });
  if (nearest != known.end() && distance(key, *nearest) <= std::max<std::size_t>(1, key.size() / 4)) {
    return "unknown key; did you mean \"" + std::string(*nearest) + "\"?";
  }
  std::string message = "unknown key; expected one of ";
  for (const auto name : known) message.append(name).append(name == known.back() ? "" : ", ");
  return message;
}

} // namespace

reading::reading(std::string file, std::filesystem::path folder, const environment& env, load_options options)
    : file_(std::move(file)), folder_(std::move(folder)), env_(env), options_(options) {}

std::string reading::at(int line, std::string_view path, std::string_view what) const {
  std::string message = file_ + ":" + std::to_string(line) + ": ";
  if (!path.empty()) message.append(path).append(": ");
  return message.append(what);
}

void reading::complain(int line, std::string_view path, std::string_view what) {
  if (!problem_) problem_ = failure{at(line, path, what)};
}

void reading::warn(int line, std::string_view path, std::string_view what) {
  warnings_.push_back(at(line, path, what));
}

value::value(reading& in, yaml::node_ptr root) : value(in, std::move(root), 1, {}) {}

value::value(reading& in, yaml::node_ptr node, int line, std::string path)
    : in_(&in), node_(std::move(node)), line_(line), path_(std::move(path)) {}

void value::expected(std::string_view what) const {
  std::string message = "expected ";
  message.append(what);
  switch (node_ ? node_->what : yaml::kind::null) {
    case yaml::kind::null: message.append(", found nothing"); break;
    case yaml::kind::scalar: message.append(", found ").append(quoted()); break;
    case yaml::kind::list: message.append(", found a list"); break;
    case yaml::kind::map: message.append(", found a mapping"); break;
  }
  complain(message);
}

std::string value::quoted() const {
  std::size_t most = 60;
  // Never within a character.
  while (most < raw().size() && (static_cast<unsigned char>(raw()[most]) & 0xC0) == 0x80) --most;
  std::string out = "\"";
  return out.append(raw().substr(0, most)).append(most < raw().size() ? "…\"" : "\"");
}

value value::operator[](std::string_view key) const {
  std::string path = path_;
  if (!path.empty()) path.push_back('.');
  path.append(key);
  const auto* found = node_ && node_->what == yaml::kind::map ? node_->find(key) : nullptr;
  if (!found) return {*in_, nullptr, line_, std::move(path)};
  const int line = found->value->what == yaml::kind::scalar ? found->value->line : found->line;
  return {*in_, found->value, line, std::move(path)};
}

std::vector<value> value::items() const {
  std::vector<value> all;
  if (!is_set()) return all;
  if (node_->what != yaml::kind::list) {
    expected("a list");
    return all;
  }
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    all.push_back({*in_, node_->items[i], node_->items[i]->line, path_ + "[" + std::to_string(i) + "]"});
  }
  return all;
}

std::vector<value> value::maps() const {
  auto all = items();
  for (const auto& one : all) one.is_map();
  return all;
}

std::vector<std::pair<std::string, value>> value::entries() const {
  std::vector<std::pair<std::string, value>> all;
  if (!is_set() || !is_map()) return all;
  for (const auto& e : node_->entries) all.emplace_back(e.key, (*this)[e.key]);
  return all;
}

bool value::is_map() const {
  const bool yes = node_ && node_->what == yaml::kind::map;
  if (!yes) expected("a mapping");
  return yes;
}

std::optional<std::string> value::text() const {
  if (!is_set()) return std::nullopt;
  if (!is_scalar()) {
    expected("text");
    return std::nullopt;
  }
  auto expanded = expand_variables(node_->text, in_->env());
  if (!expanded) {
    complain(expanded.error().message);
    return std::nullopt;
  }
  return *std::move(expanded);
}

void value::only(std::initializer_list<std::span<const std::string_view>> known) const {
  if (!node_ || node_->what != yaml::kind::map) return;
  std::vector<std::string_view> all;
  for (const auto list : known) all.insert(all.end(), list.begin(), list.end());
  for (const auto& e : node_->entries) {
    if (std::find(all.begin(), all.end(), e.key) != all.end()) continue;
    in_->complain(e.line, path_.empty() ? e.key : path_ + "." + e.key, unknown_key(e.key, all));
  }
}

} // namespace tocsin::config

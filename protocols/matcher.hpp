#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/label_set.hpp"
#include "protocols/result.hpp"

namespace re2 {
class RE2;
}

namespace tocsin {

/// How a matcher compares: `=`, `!=`, `=~`, `!~`.
enum class match_op : std::uint8_t { equal, not_equal, regex, not_regex };

std::string_view to_string(match_op op) noexcept;

/// One condition on one label. A missing label is the same as an empty one.
/// Regular expressions are RE2's and anchored at both ends. Compiled once;
/// `matches` allocates nothing. Immutable; safe to use from any thread.
class matcher {
 public:
  /// @returns a failure that quotes the expression when a regex does not compile.
  static result<matcher> make(std::string name, match_op op, std::string value);

  bool matches(std::string_view value) const noexcept;
  bool matches(const label_set& labels) const noexcept { return matches(labels.get(name_)); }

  const std::string& name() const noexcept { return name_; }
  match_op op() const noexcept { return op_; }
  const std::string& value() const noexcept { return value_; }

  /// The values that it asks for, one of which a label must have to match: the one
  /// of `=`, those of `a|b`. They point into the matcher. Empty for any other matcher.
  std::vector<std::string_view> exact_values() const;

  /// In Alertmanager's notation, the value quoted: `severity="critical"`.
  std::string to_string() const;

  friend bool operator==(const matcher& a, const matcher& b) noexcept {
    return a.op_ == b.op_ && a.name_ == b.name_ && a.value_ == b.value_;
  }

 private:
  matcher(std::string name, match_op op, std::string value, std::shared_ptr<const re2::RE2> regex);

  std::string name_;
  std::string value_;
  std::shared_ptr<const re2::RE2> regex_; ///< set for a regex that is more than a list of literals, `a|b`
  match_op op_;
};

/// Reads one matcher, `severity=~"critical|warning"`, in Alertmanager's UTF-8
/// notation or the classic one. Both are tried; when both succeed and differ,
/// the classic reading counts, as Alertmanager does by default.
result<matcher> parse_matcher(std::string_view text);

/// Reads a comma-separated list of matchers, with or without braces.
result<std::vector<matcher>> parse_matchers(std::string_view text);

/// True when every matcher matches; true for an empty list.
bool all_match(const std::vector<matcher>& matchers, const label_set& labels) noexcept;

/// In Alertmanager's group-key notation, sorted by name, value and operator:
/// `{a="x",b=~"y"}`.
std::string to_string(const std::vector<matcher>& matchers);

/// `text` as a regular expression that matches it and nothing else. Characters that
/// mean nothing to a regular expression stay as they are, so that `a|b` of such
/// words is still compared as a list of literals.
std::string quote_regex(std::string_view text);

/// Appends `text` in double quotes, escaped as Go's %q does.
void append_go_quoted(std::string& out, std::string_view text);

} // namespace tocsin

#include "protocols/matcher.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <re2/re2.h>

#include "protocols/go_text.hpp"
#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

bool is_regex(match_op op) noexcept {
  return op == match_op::regex || op == match_op::not_regex;
}

constexpr std::string_view special_in_regex = R"(\.+*?()[]{}^$)";

/// `critical|warning`: what most regular expressions in routes are. Such a list
/// is compared as it stands, which is ten times faster than a regex engine.
bool is_list_of_literals(std::string_view pattern) noexcept {
  return pattern.find_first_of(special_in_regex) == std::string_view::npos
         && find_invalid_utf8(pattern) == std::string_view::npos;
}

bool is_one_of(std::string_view value, std::string_view alternatives) noexcept {
  for (;;) {
    const auto bar = alternatives.find('|');
    if (alternatives.substr(0, bar) == value) return true;
    if (bar == std::string_view::npos) return false;
    alternatives.remove_prefix(bar + 1);
  }
}

/// RE2's reason in the words of Go's regexp package, which Alertmanager's
/// answers carry to its clients.
std::string_view reason(re2::RE2::ErrorCode code) noexcept {
  switch (code) {
    case re2::RE2::ErrorBadEscape: return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass: return "invalid character class";
    case re2::RE2::ErrorBadCharRange: return "invalid character class range";
    case re2::RE2::ErrorMissingBracket: return "missing closing ]";
    case re2::RE2::ErrorMissingParen: return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen: return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize: return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8: return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture: return "invalid named capture";
    case re2::RE2::ErrorPatternTooLarge: return "expression too large";
    default: return "internal error";
  }
}

std::string explain(const re2::RE2& regex) {
  std::string text = "error parsing regexp: ";
  text.append(reason(regex.error_code())).append(": `");
  text.append(regex.error_arg().empty() ? regex.pattern() : regex.error_arg()).append("`");
  return text;
}

/// Nobody writes a longer one; RE2 would take long for it and write lines to standard error.
constexpr std::size_t longest_expression = 100'000;

result<std::shared_ptr<const re2::RE2>> compile(const std::string& value) {
  if (value.size() > longest_expression) {
    return fail("error parsing regexp: expression too large: " + std::to_string(value.size()) + " bytes, more than "
                + std::to_string(longest_expression));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_shared<const re2::RE2>("^(?:" + value + ")$", options);
  if (!regex->ok()) return fail(explain(*regex));
  return regex;
}

/// Characters that the UTF-8 notation does not allow in a bare word.
bool needs_quotes(std::string_view name) noexcept {
  while (!name.empty()) {
    const auto next = go::first_rune(name);
    if (go::is_space(next.code)) return true;
    if (next.code < 0x80 && std::string_view("{}!=~,\\\"'`").find(name.front()) != std::string_view::npos) return true;
    name.remove_prefix(next.size);
  }
  return false;
}

/// The escapes that the classic notation knows: `\\`, `\n`, `\"`.
void append_classic_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '\n') {
      out.append("\\n");
      continue;
    }
    if (c == '\\' || c == '"') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

} // namespace

std::string_view to_string(match_op op) noexcept {
  switch (op) {
    case match_op::equal: return "=";
    case match_op::not_equal: return "!=";
    case match_op::regex: return "=~";
    case match_op::not_regex: return "!~";
  }
  return "=";
}

matcher::matcher(std::string name, match_op op, std::string value, std::shared_ptr<const re2::RE2> regex)
    : name_(std::move(name)), value_(std::move(value)), regex_(std::move(regex)), op_(op) {}

result<matcher> matcher::make(std::string name, match_op op, std::string value) {
  if (!is_regex(op) || is_list_of_literals(value)) return matcher(std::move(name), op, std::move(value), nullptr);
  auto regex = compile(value);
  if (!regex) return tl::unexpected(std::move(regex).error());
  return matcher(std::move(name), op, std::move(value), *std::move(regex));
}

bool matcher::matches(std::string_view value) const noexcept {
  switch (op_) {
    case match_op::equal: return value == value_;
    case match_op::not_equal: return value != value_;
    case match_op::regex:
    case match_op::not_regex: break;
  }
  const bool found =
      regex_ ? regex_->Match(value, 0, value.size(), re2::RE2::UNANCHORED, nullptr, 0) : is_one_of(value, value_);
  return found == (op_ == match_op::regex);
}

std::vector<std::string_view> matcher::exact_values() const {
  if (op_ == match_op::equal) return {value_};
  std::vector<std::string_view> values;
  if (op_ != match_op::regex || regex_) return values;
  for (std::string_view rest = value_;;) {
    const auto bar = rest.find('|');
    values.push_back(rest.substr(0, bar));
    if (bar == std::string_view::npos) return values;
    rest.remove_prefix(bar + 1);
  }
}

std::string matcher::to_string() const {
  std::string out;
  if (needs_quotes(name_)) {
    append_go_quoted(out, name_);
    out.append(tocsin::to_string(op_));
    append_go_quoted(out, value_);
  } else {
    out.append(name_).append(tocsin::to_string(op_));
    append_classic_quoted(out, value_);
  }
  return out;
}

bool all_match(const std::vector<matcher>& matchers, const label_set& labels) noexcept {
  return std::all_of(matchers.begin(), matchers.end(), [&](const matcher& m) { return m.matches(labels); });
}

std::string quote_regex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || special_in_regex.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string to_string(const std::vector<matcher>& matchers) {
  std::vector<const matcher*> sorted;
  sorted.reserve(matchers.size());
  for (const auto& m : matchers) sorted.push_back(&m);
  std::sort(sorted.begin(), sorted.end(), [](const matcher* a, const matcher* b) {
    return std::forward_as_tuple(a->name(), a->value(), a->op())
           < std::forward_as_tuple(b->name(), b->value(), b->op());
  });
  std::string out = "{";
  for (const auto* m : sorted) {
    if (out.size() > 1) out.push_back(',');
    out.append(m->to_string());
  }
  out.push_back('}');
  return out;
}

} // namespace tocsin

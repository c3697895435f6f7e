#include "config/variables.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace tocsin::config {

namespace {

bool is_variable_name(std::string_view name) noexcept {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && is_letter(name.front())
         && std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

/// The value of what stands between the braces.
result<std::string> resolve(std::string_view inside, const environment& env) {
  const auto separator = inside.find(":-");
  const std::string name(inside.substr(0, separator));
  if (!is_variable_name(name)) {
    return fail("${" + std::string(inside) + "} is not a variable; expected ${NAME} or ${NAME:-text}, or $$ for a $");
  }
  auto value = env(name);
  if (separator != std::string_view::npos) {
    return value && !value->empty() ? *value : std::string(inside.substr(separator + 2));
  }
  if (!value) {
    return fail("the environment variable " + name + " is not set; set it or write ${" + name + ":-text}");
  }
  return *std::move(value);
}

} // namespace

result<std::string> expand_variables(std::string_view text, const environment& env) {
  std::string out;
  for (;;) {
    const auto dollar = text.find('$');
    out.append(text.substr(0, dollar));
    if (dollar == std::string_view::npos) return out;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out.push_back('$');
      text.remove_prefix(1);
    } else if (text.starts_with('{')) {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return fail("a ${ without its }; write $$ for a plain $");
      auto value = resolve(text.substr(1, end - 1), env);
      if (!value) return value;
      out.append(*value);
      text.remove_prefix(end + 1);
    } else {
      out.push_back('$');
    }
  }
}

environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

} // namespace tocsin::config

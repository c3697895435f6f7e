#include "http/client/command_parts.hpp"

#include <utility>

#include "protocols/terminal_text.hpp"

namespace tocsin::http {

result<std::vector<matcher>> read_matchers(const std::vector<std::string>& words) {
  std::vector<matcher> all;
  for (const auto& word : words) {
    if (word.find_first_of("=!~{}") == std::string::npos) {
      auto named = matcher::make("alertname", match_op::equal, word);
      if (!named) return tl::unexpected(named.error());
      all.push_back(*std::move(named));
      continue;
    }
    auto read = parse_matchers(word);
    if (!read) return fail(terminal_safe(word) + ": " + terminal_safe(read.error().message));
    for (auto& m : *read) all.push_back(std::move(m));
  }
  return all;
}

storage::command_outcome found(const table& rows, const config::client_order& order, const console_style& style,
                               const std::string& nothing) {
  storage::command_outcome outcome;
  outcome.text = rows.render(order.output, style);
  if (rows.empty() && (order.exit_code || order.output == config::output_form::table)) outcome.complaint = nothing;
  if (rows.empty() && order.exit_code) outcome.exit_code = 1;
  return outcome;
}

tone tone_of_severity(std::string_view severity) noexcept {
  return severity == "critical" ? tone::bad : severity == "warning" ? tone::warning : tone::plain;
}

} // namespace tocsin::http

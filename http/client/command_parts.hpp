#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/client/client.hpp"
#include "http/client/table.hpp"
#include "protocols/matcher.hpp"
#include "protocols/severity.hpp"
#include "storage/history_command.hpp"

/// What several commands do alike.
namespace tocsin::http {

inline storage::command_outcome could_not(std::string why) {
  return {{}, std::move(why), 1};
}

inline storage::command_outcome asked_wrongly(std::string why) {
  return {{}, std::move(why) + "; see --help", 2};
}

/// Each word is a list of matchers, or the name of an alert.
result<std::vector<matcher>> read_matchers(const std::vector<std::string>& words);

/// A table, and a failure when none was found and that was asked.
storage::command_outcome found(const table& rows, const config::client_order& order, const console_style& style,
                               const std::string& nothing);

tone tone_of_severity(std::string_view severity) noexcept;

/// What was done one by one: what worked in lines, and what did not in one.
class one_by_one {
 public:
  void done(const std::string& line) { text_ += line + '\n'; }
  void failed(const std::string& why) { complaint_.append(complaint_.empty() ? "" : "; ").append(why); }
  storage::command_outcome outcome() && { return {std::move(text_), complaint_, complaint_.empty() ? 0 : 1}; }

 private:
  std::string text_;
  std::string complaint_;
};

} // namespace tocsin::http

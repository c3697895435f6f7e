#include "actors/smtp_transcript.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tocsin {

namespace {

constexpr std::size_t longest_text = 500;
constexpr std::size_t code_digits = 3;

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  return line;
}

/// The address between `<` and `>` of `RCPT TO:<…>`; empty for other commands.
std::string_view recipient_of(std::string_view command) {
  constexpr std::string_view verb = "RCPT TO:<";
  if (!command.starts_with(verb)) return {};
  command.remove_prefix(verb.size());
  return command.substr(0, command.find('>'));
}

} // namespace

void smtp_transcript::sent(std::string_view command) {
  over_ = over_ || command.starts_with("QUIT");
  if (over_) return;
  recipient_ = recipient_of(command);
  pending_.clear();
  text_.clear();
  code_ = 0;
}

void smtp_transcript::received(std::string_view line) {
  if (over_) return;
  line = without_line_end(line);
  std::int32_t code = 0;
  const auto* end = line.data() + std::min(line.size(), code_digits);
  if (const auto read = std::from_chars(line.data(), end, code); line.size() < code_digits || read.ptr != end) return;
  const bool continues = line.size() > code_digits && line[code_digits] == '-';
  const auto text = line.substr(std::min(line.size(), code_digits + 1));
  if (!pending_.empty() && !text.empty()) pending_.push_back(' ');
  pending_.append(text.substr(0, longest_text - std::min(longest_text, pending_.size())));
  if (!continues) conclude(code);
}

void smtp_transcript::conclude(std::int32_t code) {
  code_ = code;
  text_ = std::exchange(pending_, {});
  if (!recipient_.empty()) replies_.push_back({recipient_, code, text_});
}

std::vector<recipient_reply> smtp_transcript::replies_to(const std::vector<std::string>& recipients) const {
  std::vector<recipient_reply> all;
  for (const auto& address : recipients) {
    const auto found =
        std::find_if(replies_.begin(), replies_.end(), [&](const auto& r) { return r.address == address; });
    all.push_back(found == replies_.end() ? recipient_reply{address, 0, {}} : *found);
  }
  return all;
}

} // namespace tocsin

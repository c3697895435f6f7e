#include "protocols/mailbox.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tocsin {

namespace {

// RFC 5321, 4.5.3.1.
constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_domain = 255;

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Words with dots between them, of letters, digits and some more.
bool is_dotted(std::string_view text, std::string_view more) noexcept {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return is_alphanumeric(c) || c == '.' || more.find(c) != std::string_view::npos;
  });
}

bool is_address_literal(std::string_view domain) noexcept {
  if (domain.size() < 3 || domain.front() != '[' || domain.back() != ']') return false;
  const auto inside = domain.substr(1, domain.size() - 2);
  return std::all_of(inside.begin(), inside.end(), [](char c) { return is_alphanumeric(c) || c == '.' || c == ':'; });
}

std::optional<failure> fault_of(std::string_view address) {
  const auto beyond_ascii = [](char c) { return static_cast<unsigned char>(c) > 0x7F; };
  if (std::any_of(address.begin(), address.end(), beyond_ascii)) {
    return failure{"addresses with letters beyond ASCII are not available; write the domain in its xn-- form"};
  }
  const auto at = address.rfind('@');
  const failure expected{"expected an address such as ana@example.org or Ana <ana@example.org>"};
  if (at == std::string_view::npos) return expected;
  const auto local = address.substr(0, at);
  const auto domain = address.substr(at + 1);
  if (local.size() > longest_local_part || domain.size() > longest_domain) return failure{"an address is too long"};
  if (!is_dotted(local, "!#$%&'*+-/=?^_`{|}~")) return expected;
  if (!is_address_literal(domain) && !is_dotted(domain, "-_")) return expected;
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Where the first of `what` stands outside of quotes, or the end.
std::size_t find_unquoted(std::string_view text, char what) noexcept {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == what) {
      return i;
    }
  }
  return text.size();
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out.push_back(text[i]);
  }
  return out;
}

mailbox split(std::string_view one) {
  const auto open = find_unquoted(one, '<');
  if (open == one.size() || one.back() != '>') return {{}, std::string(one)};
  const auto address = one.substr(open + 1, one.size() - open - 2);
  return {unquoted(trimmed(one.substr(0, open))), std::string(trimmed(address))};
}

} // namespace

result<std::vector<mailbox>> parse_mailboxes(std::string_view text) {
  std::vector<mailbox> all;
  while (!text.empty()) {
    const auto end = find_unquoted(text, ',');
    const auto one = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    auto box = split(one);
    if (auto fault = fault_of(box.address)) return tl::unexpected(*std::move(fault));
    all.push_back(std::move(box));
  }
  if (all.empty()) return fail("expected an address such as ana@example.org or Ana <ana@example.org>");
  return all;
}

} // namespace tocsin

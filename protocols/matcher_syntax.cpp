// The two notations for matchers. The UTF-8 notation is the newer one and reads
// every label name; the classic one is looser about quotes and escapes. Both are
// tried, and where they disagree the classic reading counts, so that a file that
// was written years ago still means what it meant.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/go_text.hpp"
#include "protocols/matcher.hpp"
#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

using matcher_list = std::vector<matcher>;

std::optional<match_op> parse_op(std::string_view text) noexcept {
  if (text == "=") return match_op::equal;
  if (text == "!=") return match_op::not_equal;
  if (text == "=~") return match_op::regex;
  if (text == "!~") return match_op::not_regex;
  return std::nullopt;
}

std::string joined(std::string_view what, std::string_view text) {
  std::string message(what);
  return message.append(text);
}

// ---- the UTF-8 notation

enum class token_kind { end, open_brace, close_brace, comma, op, quoted, bare, invalid };

struct token {
  token_kind kind = token_kind::invalid;
  std::string_view text;

  bool is_word() const noexcept { return kind == token_kind::quoted || kind == token_kind::bare; }
};

class lexer {
 public:
  explicit lexer(std::string_view text) noexcept : rest_(text) {}

  token next() noexcept {
    skip_space();
    if (rest_.empty()) return {token_kind::end, {}};
    switch (rest_.front()) {
      case '{': return take(token_kind::open_brace, 1);
      case '}': return take(token_kind::close_brace, 1);
      case ',': return take(token_kind::comma, 1);
      case '=': return take(token_kind::op, rest_.substr(1, 1) == "~" ? 2 : 1);
      case '!': return rest_.substr(1, 1) == "=" || rest_.substr(1, 1) == "~" ? take(token_kind::op, 2) : token{};
      case '"': return take_quoted();
      default: return take_bare();
    }
  }

 private:
  void skip_space() noexcept {
    while (!rest_.empty()) {
      const auto next_rune = go::first_rune(rest_);
      if (!go::is_space(next_rune.code)) return;
      rest_.remove_prefix(next_rune.size);
    }
  }

  token take(token_kind kind, std::size_t size) noexcept {
    token t{kind, rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return t;
  }

  token take_quoted() noexcept {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') return take(token_kind::quoted, i + 1);
      if (rest_[i] == '\\') ++i;
    }
    return {};
  }

  token take_bare() noexcept {
    std::size_t size = 0;
    while (size < rest_.size()) {
      const auto next_rune = go::first_rune(rest_.substr(size));
      const bool reserved =
          next_rune.code < 0x80 && std::string_view("{}!=~,\\\"'`").find(rest_[size]) != std::string_view::npos;
      if (reserved || go::is_space(next_rune.code)) break;
      size += next_rune.size;
    }
    return size == 0 ? token{} : take(token_kind::bare, size);
  }

  std::string_view rest_;
};

std::optional<std::string> word(const token& t) {
  if (t.kind == token_kind::quoted) return go::unquote(t.text);
  if (t.kind == token_kind::bare) return std::string(t.text);
  return std::nullopt;
}

/// Why the UTF-8 notation does not apply. A regex that does not compile is a
/// better answer to a person than what the classic notation has to say.
struct utf8_failure {
  std::optional<failure> regex;
};

result<matcher, utf8_failure> read_utf8_matcher(lexer& in, const token& first) {
  auto name = word(first);
  const auto op = parse_op(in.next().text);
  auto value = word(in.next());
  if (!name || !op || !value) return tl::unexpected(utf8_failure{});
  auto made = matcher::make(*std::move(name), *op, *std::move(value));
  if (!made) return tl::unexpected(utf8_failure{std::move(made).error()});
  return *std::move(made);
}

result<matcher_list, utf8_failure> read_utf8(std::string_view text) {
  lexer in(text);
  matcher_list list;
  auto t = in.next();
  const bool braced = t.kind == token_kind::open_brace;
  if (braced) t = in.next();
  while (t.is_word()) {
    auto one = read_utf8_matcher(in, t);
    if (!one) return tl::unexpected(std::move(one).error());
    list.push_back(*std::move(one));
    t = in.next();
    if (t.kind != token_kind::comma) break;
    t = in.next();
  }
  if (braced) {
    if (t.kind != token_kind::close_brace) return tl::unexpected(utf8_failure{});
    t = in.next();
  }
  if (t.kind != token_kind::end) return tl::unexpected(utf8_failure{});
  return list;
}

// ---- the classic notation

constexpr std::string_view classic_space = " \t\n\f\r";

std::string_view skip_classic_space(std::string_view text) noexcept {
  const auto start = text.find_first_not_of(classic_space);
  return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

std::size_t classic_name_size(std::string_view text) noexcept {
  std::size_t size = 0;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    const bool digit = c >= '0' && c <= '9';
    if (!letter && (!digit || size == 0)) break;
    ++size;
  }
  return size;
}

/// Takes the quotes off and undoes `\n`, `\"` and `\\`; any other backslash
/// stands for itself.
std::optional<std::string> unescape_classic(std::string_view raw) {
  const bool quoted = !raw.empty() && raw.front() == '"';
  if (quoted) raw.remove_prefix(1);
  std::string value;
  bool closed = !quoted;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    const bool last = i + 1 == raw.size();
    if (c == '\\' && !last) {
      const char next = raw[++i];
      if (next != '"' && next != '\\' && next != 'n') value.push_back('\\');
      value.push_back(next == 'n' ? '\n' : next);
    } else if (c == '"') {
      if (!quoted || !last) return std::nullopt;
      closed = true;
    } else {
      value.push_back(c);
    }
  }
  return closed ? std::optional(std::move(value)) : std::nullopt;
}

result<matcher> read_classic_matcher(std::string_view text) {
  auto rest = skip_classic_space(text);
  const auto name = rest.substr(0, classic_name_size(rest));
  rest = skip_classic_space(rest.substr(name.size()));
  // The longer operator first: `=~` would otherwise be read as `=`.
  auto op = parse_op(rest.substr(0, 2));
  std::size_t op_size = 2;
  if (!op || rest.size() < 2) {
    op = parse_op(rest.substr(0, 1));
    op_size = 1;
  }
  if (name.empty() || !op) return fail(joined("bad matcher format: ", text));

  auto raw = skip_classic_space(rest.substr(op_size));
  raw = raw.substr(0, raw.find_last_not_of(classic_space) + 1);
  auto value = unescape_classic(raw);
  if (!value) return fail(joined("matcher value contains unescaped double quote: ", raw));
  return matcher::make(std::string(name), *op, *std::move(value));
}

/// Cuts at commas outside of double quotes.
std::vector<std::string_view> split_classic(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  bool escaped = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ',') {
      if (quoted) continue;
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    } else if (c == '"' && !escaped) {
      quoted = !quoted;
    } else {
      escaped = c == '\\' && !escaped;
    }
  }
  if (const auto last = go::trim_space(text.substr(start)); !last.empty()) parts.push_back(last);
  return parts;
}

result<matcher_list> read_classic(std::string_view text) {
  if (text.starts_with('{')) text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  matcher_list list;
  for (const auto part : split_classic(text)) {
    auto one = read_classic_matcher(part);
    if (!one) return tl::unexpected(std::move(one).error());
    list.push_back(*std::move(one));
  }
  return list;
}

// ---- both

result<matcher_list> choose(result<matcher_list, utf8_failure> utf8, result<matcher_list> classic) {
  if (utf8) return classic ? std::move(classic) : result<matcher_list>(*std::move(utf8));
  if (!classic && utf8.error().regex) return tl::unexpected(*std::move(utf8.error().regex));
  return classic;
}

} // namespace

result<matcher> parse_matcher(std::string_view text) {
  if (find_invalid_utf8(text) != std::string_view::npos) return fail("matcher is not valid UTF-8");
  if (text.starts_with('{') || text.ends_with('}')) return fail(joined("unexpected open or close brace: ", text));
  auto utf8 = read_utf8(text);
  if (utf8 && utf8->size() != 1) utf8 = tl::unexpected(utf8_failure{});
  auto classic = read_classic_matcher(text).map([](matcher m) { return matcher_list{std::move(m)}; });
  return choose(std::move(utf8), std::move(classic)).map([](matcher_list list) { return std::move(list.front()); });
}

result<std::vector<matcher>> parse_matchers(std::string_view text) {
  if (find_invalid_utf8(text) != std::string_view::npos) return fail("matchers are not valid UTF-8");
  return choose(read_utf8(text), read_classic(text));
}

} // namespace tocsin

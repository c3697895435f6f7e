#include "protocols/templates/lexer.hpp"

#include <cctype>

#include <re2/re2.h>

#include "protocols/go_text.hpp"

namespace tocsin::templates {

namespace {

constexpr std::string_view spaces = " \t\r\n";

bool is_space(char c) noexcept {
  return spaces.find(c) != std::string_view::npos;
}

/// Letters and digits of any script, and `_`. RE2 brings Unicode's tables.
bool is_name_character(std::string_view text, std::size_t& size) {
  const auto c = static_cast<unsigned char>(text.front());
  size = 1;
  if (c < 0x80) return std::isalnum(c) != 0 || c == '_';
  const auto rune = go::first_rune(text);
  size = rune.size;
  static const re2::RE2 letter(R"([\pL\p{Nd}])");
  return rune.valid && re2::RE2::FullMatch(text.substr(0, size), letter);
}

class lexer {
 public:
  explicit lexer(const source& s) : source_(s), text_(s.text) {}

  result<std::vector<token>> run() {
    while (at_ < text_.size()) {
      take_text();
      if (at_ == text_.size()) break;
      if (auto done = take_braces(); !done) return tl::unexpected(std::move(done).error());
    }
    add(token_kind::end, text_.size(), 0);
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const noexcept { return text_.substr(at_); }

  void add(token_kind kind, std::size_t from, std::size_t size) {
    tokens_.push_back({kind, static_cast<std::uint32_t>(from), text_.substr(from, size), spaced_});
    spaced_ = false;
  }

  tl::unexpected<failure> wrong(std::size_t at, std::string_view message) const {
    return tl::unexpected(at_position(source_, static_cast<std::uint32_t>(at), message));
  }

  /// What stands before the next `{{`, or all the rest.
  void take_text() {
    const auto begin = at_;
    const auto open = text_.find("{{", at_);
    at_ = open == std::string_view::npos ? text_.size() : open;
    auto end = at_;
    if (open != std::string_view::npos && trims_left(open + 2)) {
      while (end > begin && is_space(text_[end - 1])) --end;
    }
    if (end > begin) add(token_kind::text, begin, end - begin);
  }

  /// `- ` behind the braces.
  bool trims_left(std::size_t at) const noexcept {
    return text_.substr(at, 1) == "-" && at + 1 < text_.size() && is_space(text_[at + 1]);
  }

  /// The size of `}}`, or of ` -}}`, at the position; 0 when neither is there.
  std::size_t closing_size() const noexcept {
    if (rest().starts_with("}}")) return 2;
    if (!rest().empty() && is_space(rest().front()) && rest().substr(1).starts_with("-}}")) return 4;
    return 0;
  }

  void take_closing(std::size_t size) {
    at_ += size;
    if (size == 2) return;
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  result<void> take_braces() {
    const auto open = at_;
    at_ += 2;
    if (trims_left(at_)) at_ += 2;
    if (rest().starts_with("/*")) return take_comment(open);
    add(token_kind::open, open, 2);
    parens_ = 0;
    while (true) {
      if (const auto size = closing_size(); size > 0) {
        if (parens_ > 0) return wrong(at_, "expected ) before }}");
        add(token_kind::close, at_ + size - 2, 2);
        take_closing(size);
        return {};
      }
      if (at_ == text_.size()) return wrong(open, "expected }} to close this action");
      if (auto done = take_token(); !done) return done;
    }
  }

  result<void> take_comment(std::size_t open) {
    const auto end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return wrong(open, "expected */}} to close this comment");
    at_ = end + 2;
    const auto size = closing_size();
    if (size == 0) return wrong(at_, "expected }} right after a comment");
    take_closing(size);
    return {};
  }

  result<void> take_token() {
    const char c = rest().front();
    if (is_space(c)) {
      ++at_;
      spaced_ = true;
      return {};
    }
    switch (c) {
      case '(': ++parens_; return take_one(token_kind::left_paren, 1);
      case ')':
        if (parens_-- == 0) return wrong(at_, "this ) has no ( before it");
        return take_one(token_kind::right_paren, 1);
      case '|': return take_one(token_kind::pipe, 1);
      case ',': return take_one(token_kind::comma, 1);
      case '=': return take_one(token_kind::assign, 1);
      case ':':
        if (!rest().starts_with(":=")) return wrong(at_, "expected := to declare a variable");
        return take_one(token_kind::declare, 2);
      case '"': return take_quoted(token_kind::quoted, '"');
      case '\'': return take_quoted(token_kind::character, '\'');
      case '`': return take_raw();
      case '$': return take_name(token_kind::variable, 1);
      case '.': return take_dot();
      default: break;
    }
    if (c == '+' || c == '-' || (c >= '0' && c <= '9')) return take_number();
    std::size_t size = 0;
    if (is_name_character(rest(), size)) return take_name(token_kind::word, 0);
    return wrong(at_, "did not expect " + quoted_start(rest().substr(0, size)) + " in an action");
  }

  result<void> take_one(token_kind kind, std::size_t size) {
    add(kind, at_, size);
    at_ += size;
    return {};
  }

  result<void> take_quoted(token_kind kind, char quote) {
    for (auto end = at_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
      if (text_[end] == quote) return take_one(kind, end + 1 - at_);
      if (text_[end] == '\\') ++end;
    }
    return wrong(at_, std::string("expected ") + quote + " to close what begins here, on the same line");
  }

  result<void> take_raw() {
    const auto end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) return wrong(at_, "expected ` to close the text that begins here");
    return take_one(token_kind::raw, end + 1 - at_);
  }

  result<void> take_dot() {
    const auto next = rest().substr(1, 1);
    if (!next.empty() && next.front() >= '0' && next.front() <= '9') return take_number();
    return take_name(token_kind::field, 1);
  }

  /// A name behind `prefix` bytes; without a name, `.` is the dot and `$` the root.
  result<void> take_name(token_kind kind, std::size_t prefix) {
    auto end = at_ + prefix;
    std::size_t size = 0;
    while (end < text_.size() && is_name_character(text_.substr(end), size)) end += size;
    if (end < text_.size() && !ends_word(text_[end])) {
      return wrong(end, "did not expect " + quoted_start(text_.substr(end, size)) + " here; expected a space or }}");
    }
    if (kind == token_kind::field && end == at_ + 1) kind = token_kind::dot;
    return take_one(kind, end - at_);
  }

  static bool ends_word(char c) noexcept {
    return is_space(c) || std::string_view(".,|:()=}").find(c) != std::string_view::npos;
  }

  /// What looks like a number; whether it is one is seen when it is read.
  result<void> take_number() {
    auto end = at_ + 1;
    for (; end < text_.size(); ++end) {
      const auto c = static_cast<unsigned char>(text_[end]);
      const bool sign = (c == '+' || c == '-') && (text_[end - 1] == 'e' || text_[end - 1] == 'E');
      if (std::isalnum(c) == 0 && c != '.' && c != '_' && !sign) break;
    }
    return take_one(token_kind::number, end - at_);
  }

  const source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t parens_ = 0;
  bool spaced_ = false;
  std::vector<token> tokens_;
};

} // namespace

result<std::vector<token>> tokens_of(const source& s) {
  return lexer(s).run();
}

} // namespace tocsin::templates

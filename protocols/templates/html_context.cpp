#include "protocols/templates/html_context.hpp"

#include <algorithm>
#include <cctype>

#include "protocols/templates/escaping.hpp"
#include "protocols/utf8.hpp"

namespace tocsin::templates {

namespace {

constexpr std::string_view refusal = "ZgotmplZ";

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_letter(char c) noexcept {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

char lower(char c) noexcept {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string lower_text(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

enum class place : std::uint8_t { text, quoted, unquoted };

/// All that has a meaning in HTML as a reference. What is HTML already keeps its references.
std::string escape(std::string_view text, place where, bool keep_references) {
  std::string special = "\"'+<>";
  if (!keep_references) special += '&';
  if (where == place::unquoted) special += "\t\n\v\f\r =`";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '\0')
      out += utf8_replacement;
    else if (special.find(c) == std::string::npos)
      out += c;
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
  }
  return out;
}

/// Without a scheme, or with one that runs no script.
bool is_harmless_url(std::string_view url) {
  const auto colon = url.find(':');
  if (colon == std::string_view::npos) return true;
  const auto scheme = url.substr(0, colon);
  return scheme.find('/') != std::string_view::npos || one_of(lower_text(scheme), {"http", "https", "mailto"});
}

/// A colour, a length, a name; nothing that opens, closes or calls.
bool is_harmless_style(std::string_view text) {
  if (text.find_first_of("\"'()/;@[\\]`{}<>") != std::string_view::npos) return false;
  if (text.find('\0') != std::string_view::npos || text.find("--") != std::string_view::npos) return false;
  std::string letters;
  for (char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) letters += lower(c);
  }
  return letters.find("expression") == std::string::npos && letters.find("mozbinding") == std::string::npos;
}

} // namespace

void html_context::feed(std::string_view literal) {
  for (char c : literal) feed_character(c);
}

void html_context::feed_character(char c) {
  switch (state_) {
    case state::text:
      if (c == '<') state_ = state::less_than;
      return;
    case state::less_than: return feed_less_than(c);
    case state::declaration:
      tail_ += c;
      if (tail_ == "--") {
        tail_.clear();
        state_ = state::comment;
      } else if (c == '>') {
        state_ = state::text;
      }
      return;
    case state::comment: return feed_until(c, "-->");
    case state::raw: return feed_until(c, "</" + tag_);
    case state::tag_name:
      if (is_space(c) || c == '/')
        state_ = state::tag;
      else if (c == '>')
        end_tag();
      else
        tag_ += lower(c);
      return;
    case state::tag: return feed_tag(c);
    case state::name:
    case state::after_name: return feed_name(c);
    case state::before_value:
      if (is_space(c)) return;
      if (c == '>') return end_tag();
      if (c == '"' || c == '\'') return begin_value(c);
      begin_value(0);
      return feed_value(c);
    case state::value: return feed_value(c);
  }
}

void html_context::feed_less_than(char c) {
  closing_ = c == '/';
  tag_.clear();
  tail_.clear();
  if (c == '!') {
    state_ = state::declaration;
  } else if (closing_ || is_letter(c)) {
    state_ = state::tag_name;
    if (!closing_) tag_ += lower(c);
  } else if (c != '<') {
    state_ = state::text;
  }
}

void html_context::feed_tag(char c) {
  if (c == '>') return end_tag();
  if (is_space(c) || c == '/') return;
  name_.assign(1, lower(c));
  state_ = state::name;
}

void html_context::feed_name(char c) {
  if (c == '>') return end_tag();
  if (c == '=') {
    state_ = state::before_value;
  } else if (is_space(c)) {
    state_ = state::after_name;
  } else if (c == '/') {
    state_ = state::tag;
  } else if (state_ == state::after_name) {
    feed_tag(c);
  } else {
    name_ += lower(c);
  }
}

void html_context::begin_value(char quote) {
  state_ = state::value;
  quote_ = quote;
  url_part_ = url_part::start;
  tail_.clear();
  // `xlink:href` and `data-href` hold what `href` does.
  auto bare = std::string_view(name_);
  bare.remove_prefix(std::min(bare.rfind(':') + 1, bare.size()));
  if (bare.starts_with("data-")) bare.remove_prefix(5);
  attribute_ = attribute::plain;
  if (bare.starts_with("on") || bare == "srcdoc" || bare.empty())
    attribute_ = attribute::refused;
  else if (bare == "style")
    attribute_ = attribute::style;
  else if (one_of(bare, {"href", "action", "background", "cite", "data", "formaction", "icon", "longdesc", "manifest",
                         "poster", "profile", "usemap"}))
    attribute_ = attribute::url;
  else if (bare.find("src") != std::string_view::npos || bare.find("uri") != std::string_view::npos
           || bare.find("url") != std::string_view::npos)
    attribute_ = attribute::url;
}

void html_context::feed_value(char c) {
  if (quote_ != 0 ? c == quote_ : is_space(c)) {
    state_ = state::tag;
    return;
  }
  if (quote_ == 0 && c == '>') return end_tag();
  if (attribute_ != attribute::url) return;
  if (c == '?' || c == '#')
    url_part_ = url_part::query;
  else if (url_part_ == url_part::start && !is_space(c))
    url_part_ = url_part::path;
  constexpr std::string_view script = "javascript:";
  if (!is_space(c) && tail_.size() < script.size()) tail_ += lower(c);
  if (tail_ == script) attribute_ = attribute::refused;
}

bool html_context::tail_ends_with(std::string_view ending) const {
  return std::string_view(tail_).ends_with(ending);
}

/// Within a comment or an element that holds no tags.
void html_context::feed_until(char c, std::string_view ending) {
  tail_ += lower(c);
  if (tail_.size() > 32) tail_.erase(0, tail_.size() - 16);
  if (!tail_ends_with(ending)) return;
  closing_ = true;
  state_ = state_ == state::comment ? state::text : state::tag;
}

void html_context::end_tag() {
  state_ = state::text;
  tail_.clear();
  if (!closing_ && one_of(tag_, {"script", "style", "textarea", "title"})) state_ = state::raw;
}

std::string html_context::escape(std::string_view printed, markup as) {
  switch (state_) {
    case state::comment: return {};
    case state::text:
    case state::declaration:
      return as == markup::html ? std::string(printed) : templates::escape(printed, place::text, false);
    case state::raw:
      if (tag_ == "script") return std::string(refusal);
      if (tag_ == "style") return std::string(is_harmless_style(printed) ? printed : refusal);
      return templates::escape(printed, place::text, as == markup::html);
    case state::less_than:
    case state::tag_name:
    case state::tag:
    case state::name:
    case state::after_name: return escape_name(printed);
    case state::before_value: begin_value(0); break;
    case state::value: break;
  }
  return escape_in_value(printed, as);
}

std::string html_context::escape_name(std::string_view printed) {
  const bool good = !printed.empty() && std::all_of(printed.begin(), printed.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
  if (state_ == state::less_than) state_ = state::tag_name;
  if (state_ == state::tag_name) tag_ += lower_text(printed);
  if (state_ == state::tag || state_ == state::after_name) {
    state_ = state::name;
    name_.clear();
  }
  // A name that is made up on the way may be one whose value runs.
  if (state_ == state::name) name_.insert(0, "on");
  const auto script = lower_text(printed);
  return std::string(good && !one_of(script, {"script", "style"}) ? printed : refusal);
}

std::string html_context::escape_in_value(std::string_view printed, markup as) {
  const auto where = quote_ == 0 ? place::unquoted : place::quoted;
  if (printed.empty()) return quote_ == 0 ? std::string(refusal) : std::string();
  const bool keep_references = as == markup::html;
  switch (attribute_) {
    case attribute::plain: return templates::escape(printed, where, keep_references);
    case attribute::url: return templates::escape(escape_url(printed, as), where, keep_references);
    case attribute::style:
      return is_harmless_style(printed) ? templates::escape(printed, where, keep_references) : std::string(refusal);
    case attribute::refused: break;
  }
  return std::string(refusal);
}

std::string html_context::escape_url(std::string_view printed, markup as) {
  const auto part = url_part_;
  if (part == url_part::start) url_part_ = url_part::path;
  if (part == url_part::start && as != markup::url && !is_harmless_url(printed)) return "#" + std::string(refusal);
  return part == url_part::query && as == markup::plain ? escape_url_part(printed) : normalize_url(printed);
}

} // namespace tocsin::templates

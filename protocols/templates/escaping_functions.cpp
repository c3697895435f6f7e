#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "protocols/templates/escaping.hpp"
#include "protocols/templates/functions.hpp"
#include "protocols/templates/print.hpp"

namespace tocsin::templates {

namespace {

/// What an escaping function is given, printed as one text. An escaped byte
/// takes up to six, which the shorter limit allows for.
result<std::string> printed(workshop& shop, arguments args) {
  std::string out;
  if (append_all_printed(out, args, false, shop.longest_text() / 6)) return out;
  return fail("a text of more than " + std::to_string(shop.longest_text() / 6) + " bytes is not escaped");
}

template <auto Escape>
result<value> escaped(workshop& shop, arguments args, markup as) {
  const auto t = printed(shop, args);
  if (!t) return tl::unexpected(t.error());
  return value::of(Escape(*t), as);
}

// Where HTML is made, they say that the escaping is done.
result<value> html(workshop& shop, arguments args) {
  return escaped<escape_html>(shop, args, shop.html() ? markup::html : markup::plain);
}
result<value> js(workshop& shop, arguments args) {
  return escaped<escape_js>(shop, args, markup::plain);
}
result<value> urlquery(workshop& shop, arguments args) {
  return escaped<escape_query>(shop, args, shop.html() ? markup::url : markup::plain);
}

result<value> marked(std::string_view name, const value& v, markup as) {
  const auto* t = v.as<text>();
  if (t) return value(text{t->bytes, as});
  const auto wrong = text_argument(name, v);
  return tl::unexpected(wrong.error());
}
result<value> safe_html(workshop&, arguments args) {
  return marked("safeHtml", args[0], markup::html);
}
result<value> safe_url(workshop&, arguments args) {
  return marked("safeUrl", args[0], markup::url);
}

std::optional<char> byte_of(std::string_view hex) {
  unsigned byte = 0;
  const auto read = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
  if (hex.size() != 2 || read.ec != std::errc{} || read.ptr != hex.data() + 2) return std::nullopt;
  return static_cast<char>(byte);
}

result<value> url_unescape(workshop&, arguments args) {
  const auto t = text_argument("urlUnescape", args[0]);
  if (!t) return tl::unexpected(t.error());
  std::string out;
  for (std::size_t i = 0; i < t->size(); ++i) {
    const char c = (*t)[i];
    if (c != '%') {
      out += c == '+' ? ' ' : c;
      continue;
    }
    const auto hex = t->substr(i + 1, 2);
    const auto byte = byte_of(hex);
    if (!byte)
      return fail("urlUnescape: %" + std::string(hex) + " is not an escape of a URL; expected % and two hex digits");
    out += *byte;
    i += 2;
  }
  return value::of(std::move(out));
}

constexpr std::array<function, 6> table{{
    {"html", 0, function::any_number, html},
    {"js", 0, function::any_number, js},
    {"urlquery", 0, function::any_number, urlquery},
    {"safeHtml", 1, 1, safe_html},
    {"safeUrl", 1, 1, safe_url},
    {"urlUnescape", 1, 1, url_unescape},
}};

} // namespace

std::span<const function> escaping_functions() noexcept {
  return table;
}

} // namespace tocsin::templates

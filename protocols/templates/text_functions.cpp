#include <algorithm>
#include <array>

#include <re2/re2.h>

#include "protocols/go_text.hpp"
#include "protocols/templates/functions.hpp"
#include "protocols/templates/letter_case.hpp"

namespace tocsin::templates {

namespace {

tl::unexpected<failure> too_long(workshop& shop) {
  return fail("a text would grow longer than " + std::to_string(shop.longest_text()) + " bytes");
}

/// A function of one text.
template <auto Change>
result<value> changed(std::string_view name, const value& v) {
  const auto t = text_argument(name, v);
  if (!t) return tl::unexpected(t.error());
  return value::of(Change(*t));
}

result<value> to_upper(workshop&, arguments args) {
  return changed<upper_case>("toUpper", args[0]);
}
result<value> to_lower(workshop&, arguments args) {
  return changed<lower_case>("toLower", args[0]);
}
result<value> title(workshop&, arguments args) {
  return changed<title_case>("title", args[0]);
}
result<value> trim_space(workshop&, arguments args) {
  return changed<go::trim_space>("trimSpace", args[0]);
}

/// The separator comes first, so that a list can be piped in.
result<value> join(workshop& shop, arguments args) {
  const auto separator = text_argument("join", args[0]);
  if (!separator) return tl::unexpected(separator.error());
  const auto items = list_argument("join", args[1]);
  if (!items) return tl::unexpected(items.error());
  std::string out;
  bool first = true;
  for (const auto& item : (*items)->items) {
    const auto t = text_argument("join", item);
    if (!t) return tl::unexpected(t.error());
    if (!std::exchange(first, false)) out += *separator;
    out += *t;
    if (out.size() > shop.longest_text()) return too_long(shop);
  }
  return value::of(std::move(out));
}

/// A search costs as much as what it looks at, and more for a large expression.
result<void> pay_for_search(workshop& shop, const re2::RE2& regex, std::size_t bytes) {
  const auto size = static_cast<std::size_t>(std::max(regex.ProgramSize(), 0));
  return shop.spend(1 + bytes * (1 + size / 64) / 256);
}

result<value> match(workshop& shop, arguments args) {
  const auto pattern = text_argument("match", args[0]);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto t = text_argument("match", args[1]);
  if (!t) return tl::unexpected(t.error());
  const auto regex = shop.regex(*pattern);
  if (!regex) return tl::unexpected(regex.error());
  if (auto paid = pay_for_search(shop, **regex, t->size()); !paid) return tl::unexpected(std::move(paid).error());
  return value(re2::RE2::PartialMatch(*t, **regex));
}

bool is_group_name(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The name behind a `$`, without braces; empty when what stands there is none.
struct group_reference {
  std::string_view name;
  std::size_t size = 0;
};

group_reference reference_at(std::string_view rest) {
  const bool braced = rest.starts_with('{');
  const auto begin = braced ? 1U : 0U;
  std::size_t end = begin;
  while (end < rest.size() && is_group_name(rest[end])) ++end;
  if (end == begin || (braced && (end == rest.size() || rest[end] != '}'))) return {};
  return {rest.substr(begin, end - begin), braced ? end + 1 : end};
}

/// What a group matched; nothing for one that is not there.
std::string_view group_text(const re2::RE2& regex, std::string_view name, std::span<const re2::StringPiece> groups) {
  std::size_t at = groups.size();
  if (name.find_first_not_of("0123456789") == std::string_view::npos) {
    if (name.size() < 6) at = static_cast<std::size_t>(std::stoi(std::string(name)));
  } else if (const auto found = regex.NamedCapturingGroups().find(std::string(name));
             found != regex.NamedCapturingGroups().end()) {
    at = static_cast<std::size_t>(found->second);
  }
  return at < groups.size() && groups[at].data() ? std::string_view(groups[at].data(), groups[at].size())
                                                 : std::string_view();
}

/// Go's replacements: `$1`, `${1}`, `$name`, `${name}`, `$$`. A name goes on as
/// long as letters do, so `$1x` is the group called `1x`.
void append_replacement(std::string& out, std::string_view replacement, const re2::RE2& regex,
                        std::span<const re2::StringPiece> groups) {
  while (!replacement.empty()) {
    const auto dollar = std::min(replacement.find('$'), replacement.size());
    out += replacement.substr(0, dollar);
    replacement.remove_prefix(dollar);
    if (replacement.empty()) return;
    replacement.remove_prefix(1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
    } else if (const auto group = reference_at(replacement); group.size > 0) {
      out += group_text(regex, group.name, groups);
      replacement.remove_prefix(group.size);
    } else {
      out += '$';
    }
  }
}

/// All matches from left to right; an empty one right behind another does not count.
result<std::string> replace_all(workshop& shop, const re2::RE2& regex, std::string_view replacement,
                                std::string_view t) {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t copied = 0;
  std::size_t search = 0;
  while (search <= t.size()) {
    if (auto paid = pay_for_search(shop, regex, t.size() - search); !paid)
      return tl::unexpected(std::move(paid).error());
    if (!regex.Match(re2::StringPiece(t.data(), t.size()), search, t.size(), re2::RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size()))) {
      break;
    }
    const auto begin = static_cast<std::size_t>(groups[0].data() - t.data());
    const auto end = begin + groups[0].size();
    out += t.substr(copied, begin - copied);
    if (end > copied || begin == 0) append_replacement(out, replacement, regex, groups);
    if (out.size() > shop.longest_text()) return too_long(shop);
    copied = end;
    const auto step = search < t.size() ? go::first_rune(t.substr(search)).size : 1;
    search = std::max(end, search + step);
  }
  out += t.substr(copied);
  if (out.size() > shop.longest_text()) return too_long(shop);
  return out;
}

result<value> replace(workshop& shop, arguments args) {
  const auto pattern = text_argument("reReplaceAll", args[0]);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto replacement = text_argument("reReplaceAll", args[1]);
  if (!replacement) return tl::unexpected(replacement.error());
  const auto t = text_argument("reReplaceAll", args[2]);
  if (!t) return tl::unexpected(t.error());
  const auto regex = shop.regex(*pattern);
  if (!regex) return tl::unexpected(regex.error());
  auto out = replace_all(shop, **regex, *replacement, *t);
  if (!out) return tl::unexpected(std::move(out).error());
  return value::of(*std::move(out));
}

result<value> string_slice(workshop&, arguments args) {
  for (const auto& v : args) {
    if (const auto t = text_argument("stringSlice", v); !t) return tl::unexpected(t.error());
  }
  return make_list({args.begin(), args.end()}, list_kind::strings);
}

constexpr std::array<function, 8> table{{
    {"toUpper", 1, 1, to_upper},
    {"toLower", 1, 1, to_lower},
    {"title", 1, 1, title},
    {"trimSpace", 1, 1, trim_space},
    {"join", 2, 2, join},
    {"match", 2, 2, match},
    {"reReplaceAll", 3, 3, replace},
    {"stringSlice", 0, function::any_number, string_slice},
}};

} // namespace

std::span<const function> text_functions() noexcept {
  return table;
}

} // namespace tocsin::templates

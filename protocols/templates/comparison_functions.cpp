#include <array>

#include "protocols/templates/functions.hpp"

namespace tocsin::templates {

namespace {

/// Go's basic kinds; all integers are of one kind, and so are all texts.
enum class basic : std::uint8_t { none, boolean, whole, floating, string };

basic basic_of(const value& v) noexcept {
  if (v.as<bool>()) return basic::boolean;
  if (v.as<integer>()) return basic::whole;
  if (v.as<double>()) return basic::floating;
  if (v.as<text>()) return basic::string;
  return basic::none;
}

tl::unexpected<failure> incompatible(std::string_view name, const value& a, const value& b) {
  std::string message(name);
  message.append(": cannot compare ").append(type_name(a)).append(" with ").append(type_name(b));
  return fail(message);
}

bool same_moment(const moment& a, const moment& b) noexcept {
  return a.at == b.at && a.zone == b.zone;
}

/// Records of one type are compared by their fields; lists and maps only with nil.
result<bool> equal_others(const value& a, const value& b) {
  if (a.missing() || b.missing()) return a.missing() && b.missing();
  const auto* m = a.as<moment>();
  const auto* n = b.as<moment>();
  if (m && n) return same_moment(*m, *n);
  return incompatible("eq", a, b);
}

result<bool> equal(const value& a, const value& b) {
  const auto kind = basic_of(a);
  if (kind != basic_of(b)) {
    if (a.missing() || b.missing()) return false;
    return incompatible("eq", a, b);
  }
  switch (kind) {
    case basic::boolean: return *a.as<bool>() == *b.as<bool>();
    case basic::whole: return a.as<integer>()->number == b.as<integer>()->number;
    case basic::floating: return *a.as<double>() == *b.as<double>();
    case basic::string: return a.as<text>()->view() == b.as<text>()->view();
    case basic::none: break;
  }
  return equal_others(a, b);
}

result<bool> less(std::string_view name, const value& a, const value& b) {
  const auto kind = basic_of(a);
  if (kind != basic_of(b) || kind == basic::none || kind == basic::boolean) return incompatible(name, a, b);
  switch (kind) {
    case basic::whole: return a.as<integer>()->number < b.as<integer>()->number;
    case basic::floating: return *a.as<double>() < *b.as<double>();
    default: return a.as<text>()->view() < b.as<text>()->view();
  }
}

result<value> as_value(const result<bool>& answer, bool negated = false) {
  if (!answer) return tl::unexpected(answer.error());
  return value(*answer != negated);
}

/// `eq a b c` is whether `a` equals one of the others.
result<value> eq(workshop& shop, arguments args) {
  if (auto paid = shop.spend(args.size()); !paid) return tl::unexpected(std::move(paid).error());
  for (const auto& other : args.subspan(1)) {
    const auto same = equal(args[0], other);
    if (!same || *same) return as_value(same);
  }
  return value(false);
}

result<value> ne(workshop&, arguments args) {
  return as_value(equal(args[0], args[1]), true);
}
result<value> lt(workshop&, arguments args) {
  return as_value(less("lt", args[0], args[1]));
}
result<value> ge(workshop&, arguments args) {
  return as_value(less("ge", args[0], args[1]), true);
}

/// Not the negation of the other order: nothing is true of a number that is none.
result<bool> less_or_equal(std::string_view name, const value& a, const value& b) {
  const auto smaller = less(name, a, b);
  return !smaller || *smaller ? smaller : equal(a, b);
}

result<value> le(workshop&, arguments args) {
  return as_value(less_or_equal("le", args[0], args[1]));
}
result<value> gt(workshop&, arguments args) {
  return as_value(less_or_equal("gt", args[0], args[1]), true);
}

constexpr std::array<function, 6> table{{
    {"eq", 2, function::any_number, eq},
    {"ne", 2, 2, ne},
    {"lt", 2, 2, lt},
    {"le", 2, 2, le},
    {"gt", 2, 2, gt},
    {"ge", 2, 2, ge},
}};

} // namespace

std::span<const function> comparison_functions() noexcept {
  return table;
}

} // namespace tocsin::templates

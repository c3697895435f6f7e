#include <array>
#include <optional>

#include "protocols/templates/functions.hpp"
#include "protocols/templates/print.hpp"

namespace tocsin::templates {

namespace {

tl::unexpected<failure> too_long(workshop& shop) {
  return fail("a text would grow longer than " + std::to_string(shop.longest_text()) + " bytes");
}

result<value> print(workshop& shop, arguments args) {
  std::string out;
  if (!append_all_printed(out, args, false, shop.longest_text())) return too_long(shop);
  return value::of(std::move(out));
}

result<value> println(workshop& shop, arguments args) {
  std::string out;
  if (!append_all_printed(out, args, true, shop.longest_text())) return too_long(shop);
  return value::of(std::move(out));
}

result<value> printf(workshop& shop, arguments args) {
  const auto format = text_argument("printf", args[0]);
  if (!format) return tl::unexpected(format.error());
  std::string out;
  if (!append_formatted(out, *format, args.subspan(1), shop.longest_text())) return too_long(shop);
  return value::of(std::move(out));
}

/// Both are evaluated by the executor, one argument after the other; this is
/// what remains of them when all have been.
result<value> last_of(workshop&, arguments args) {
  return args.back();
}

result<value> negate(workshop&, arguments args) {
  return value(!truth(args[0]));
}

std::optional<std::size_t> size_of(const value& v) {
  if (const auto* t = v.as<text>()) return t->view().size();
  if (const auto* l = v.as<label_set>()) return l->size();
  if (const auto* l = v.as<value::list_ptr>()) return (*l)->items.size();
  if (const auto* d = v.as<value::dict_ptr>()) return (*d)->items.size();
  return std::nullopt;
}

result<value> length(workshop&, arguments args) {
  const auto size = size_of(args[0]);
  if (!size) return fail("len: a value of type " + std::string(type_name(args[0])) + " has no length");
  return value::number(static_cast<std::int64_t>(*size));
}

/// The position that `v` names in something of `size`.
result<std::size_t> position(std::string_view name, const value& v, std::size_t size) {
  const auto at = integer_argument(name, v);
  if (!at) return tl::unexpected(at.error());
  if (*at < 0 || static_cast<std::size_t>(*at) > size) {
    return fail(std::string(name) + ": the index " + std::to_string(*at) + " is outside of 0 to "
                + std::to_string(size));
  }
  return static_cast<std::size_t>(*at);
}

result<value> item_at(const value& whole, const value& key) {
  if (const auto* labels = whole.as<label_set>()) {
    const auto name = text_argument("index", key);
    if (!name) return tl::unexpected(name.error());
    return value::of(labels->get(*name));
  }
  if (const auto* d = whole.as<value::dict_ptr>()) {
    const auto name = text_argument("index", key);
    if (!name) return tl::unexpected(name.error());
    const auto found = (*d)->items.find(*name);
    return found == (*d)->items.end() ? value() : found->second;
  }
  const auto* t = whole.as<text>();
  const auto* l = whole.as<value::list_ptr>();
  if (!t && !l) return fail("index: a value of type " + std::string(type_name(whole)) + " has no items");
  const auto size = t ? t->view().size() : (*l)->items.size();
  if (size == 0) return fail("index: nothing is in it");
  const auto at = position("index", key, size - 1);
  if (!at) return tl::unexpected(at.error());
  if (t) return value::number(static_cast<unsigned char>(t->view()[*at]));
  return (*l)->items[*at];
}

result<value> index(workshop&, arguments args) {
  auto found = args[0];
  if (found.missing()) return fail("index: expected a list, a map or a string, got no value");
  for (const auto& key : args.subspan(1)) {
    auto next = item_at(found, key);
    if (!next) return next;
    found = *std::move(next);
  }
  return found;
}

result<value> slice(workshop&, arguments args) {
  const auto* t = args[0].as<text>();
  const auto* l = args[0].as<value::list_ptr>();
  if (!t && !l) return fail("slice: expected a list or a string, got " + std::string(type_name(args[0])));
  if (t && args.size() == 4) return fail("slice: a string takes at most two indexes");
  const auto size = t ? t->view().size() : (*l)->items.size();
  std::array<std::size_t, 3> bounds{0, size, size};
  for (std::size_t i = 1; i < args.size(); ++i) {
    const auto at = position("slice", args[i], size);
    if (!at) return tl::unexpected(at.error());
    bounds[i - 1] = *at;
  }
  if (bounds[0] > bounds[1] || bounds[1] > bounds[2]) {
    return fail("slice: it begins at " + std::to_string(bounds[0]) + ", behind its end at "
                + std::to_string(bounds[1]));
  }
  if (t) return value::of(t->view().substr(bounds[0], bounds[1] - bounds[0]));
  const auto begin = (*l)->items.begin();
  return make_list({begin + static_cast<std::ptrdiff_t>(bounds[0]), begin + static_cast<std::ptrdiff_t>(bounds[1])},
                   (*l)->kind);
}

constexpr std::array<function, 9> table{{
    {"and", 1, function::any_number, last_of},
    {"or", 1, function::any_number, last_of},
    {"not", 1, 1, negate},
    {"len", 1, 1, length},
    {"index", 1, function::any_number, index},
    {"slice", 1, 4, slice},
    {"print", 0, function::any_number, print},
    {"printf", 1, function::any_number, printf},
    {"println", 0, function::any_number, println},
}};

} // namespace

std::span<const function> basic_functions() noexcept {
  return table;
}

} // namespace tocsin::templates

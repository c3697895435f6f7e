#include "protocols/templates/value.hpp"

#include <algorithm>

namespace tocsin::templates {

namespace {

template <class... Fs>
struct overload : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overload(Fs...) -> overload<Fs...>;

std::size_t depth_of(const value& v) noexcept {
  if (const auto* l = v.as<value::list_ptr>()) return (*l)->depth;
  if (const auto* d = v.as<value::dict_ptr>()) return (*d)->depth;
  return 0;
}

tl::unexpected<failure> nested_too_deep() {
  return fail("lists and maps may be nested at most " + std::to_string(most_nested_values) + " deep");
}

std::string_view name_of(integer_kind kind) noexcept {
  switch (kind) {
    case integer_kind::plain: return "int";
    case integer_kind::duration: return "time.Duration";
    case integer_kind::month: return "time.Month";
    case integer_kind::weekday: return "time.Weekday";
  }
  return "int";
}

std::string_view name_of(markup as) noexcept {
  switch (as) {
    case markup::plain: return "string";
    case markup::html: return "template.HTML";
    case markup::url: return "template.URL";
  }
  return "string";
}

std::string_view name_of(list_kind kind) noexcept {
  switch (kind) {
    case list_kind::any: return "[]interface {}";
    case list_kind::strings: return "[]string";
    case list_kind::alerts: return "template.Alerts";
    case list_kind::some_alerts: return "[]template.Alert";
    case list_kind::pairs: return "template.Pairs";
  }
  return "[]interface {}";
}

} // namespace

value value::of(std::string bytes, markup as) {
  return value(text{std::make_shared<const std::string>(std::move(bytes)), as});
}

const value* record::find(std::string_view name) const noexcept {
  const auto found = std::find_if(fields.begin(), fields.end(), [name](const field& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &found->what;
}

result<value> make_list(std::vector<value> items, list_kind kind) {
  std::size_t depth = 0;
  for (const auto& item : items) depth = std::max(depth, depth_of(item));
  if (depth >= most_nested_values) return nested_too_deep();
  return value(std::make_shared<const list>(list{kind, std::move(items), depth + 1}));
}

result<value> make_dict(std::map<std::string, value, std::less<>> items) {
  std::size_t depth = 0;
  for (const auto& [key, item] : items) depth = std::max(depth, depth_of(item));
  if (depth >= most_nested_values) return nested_too_deep();
  return value(std::make_shared<const dict>(dict{std::move(items), depth + 1}));
}

value list_of_strings(std::vector<std::string> strings) {
  std::vector<value> items;
  items.reserve(strings.size());
  for (auto& s : strings) items.push_back(value::of(std::move(s)));
  return value(std::make_shared<const list>(list{list_kind::strings, std::move(items), 1}));
}

bool truth(const value& v) noexcept {
  return std::visit(overload{[](std::monostate) { return false; }, [](bool b) { return b; },
                             [](const integer& i) { return i.number != 0; }, [](double d) { return d != 0; },
                             [](const text& t) { return !t.view().empty(); }, [](const moment&) { return true; },
                             [](const label_set& l) { return !l.empty(); },
                             [](const value::list_ptr& l) { return !l->items.empty(); },
                             [](const value::dict_ptr& d) { return !d->items.empty(); },
                             [](const value::record_ptr&) { return true; }},
                    v.get());
}

std::string_view type_name(const value& v) noexcept {
  using name = std::string_view;
  return std::visit(
      overload{[](std::monostate) { return name("nil"); }, [](bool) { return name("bool"); },
               [](const integer& i) { return name_of(i.kind); }, [](double) { return name("float64"); },
               [](const text& t) { return name_of(t.as); }, [](const moment&) { return name("time.Time"); },
               [](const label_set&) { return name("template.KV"); },
               [](const value::list_ptr& l) { return name_of(l->kind); },
               [](const value::dict_ptr&) { return name("map[string]interface {}"); },
               [](const value::record_ptr& r) { return r->type; }},
      v.get());
}

std::size_t own_size(const value& v) noexcept {
  constexpr std::size_t block = 48;
  if (const auto* t = v.as<text>()) return t->bytes && t->bytes.use_count() == 1 ? block + t->bytes->size() : 0;
  if (const auto* labels = v.as<label_set>()) return labels->footprint();
  if (const auto* d = v.as<value::dict_ptr>()) {
    return d->use_count() == 1 ? block + (*d)->items.size() * (sizeof(value) + 2 * block) : 0;
  }
  if (const auto* r = v.as<value::record_ptr>()) {
    return r->use_count() == 1 ? block + (*r)->fields.size() * (sizeof(record::field) + block) : 0;
  }
  const auto* l = v.as<value::list_ptr>();
  if (!l || l->use_count() > 1) return 0;
  auto size = block;
  for (const auto& item : (*l)->items) {
    // A list within a list was charged when it was made.
    size += sizeof(value) + (item.as<value::list_ptr>() ? 0 : own_size(item));
  }
  return size;
}

} // namespace tocsin::templates

#include <array>

#include "protocols/json_writer.hpp"
#include "protocols/templates/functions.hpp"
#include "protocols/templates/go_time.hpp"

namespace tocsin::templates {

namespace {

/// Writes values as Go's encoder does, as long as they fit.
class json_printer {
 public:
  json_printer(std::string& out, std::size_t limit) : out_(out), json_(out, json_escaping::html), limit_(limit) {}

  bool write(const value& v) {
    if (out_.size() > limit_) return false;
    if (const auto* l = v.as<value::list_ptr>()) return write(**l);
    if (const auto* d = v.as<value::dict_ptr>()) return write(**d);
    if (const auto* r = v.as<value::record_ptr>()) return write(**r);
    write_plain(v);
    return out_.size() <= limit_;
  }

 private:
  void write_plain(const value& v) {
    if (const auto* b = v.as<bool>())
      json_.value(*b);
    else if (const auto* i = v.as<integer>())
      json_.value(i->number);
    else if (const auto* f = v.as<double>())
      json_.value(*f);
    else if (const auto* t = v.as<text>())
      json_.value(t->view());
    else if (const auto* m = v.as<moment>())
      json_.value(json_time(*m));
    else if (const auto* l = v.as<label_set>())
      json_.value(*l);
    else
      json_.null();
  }

  bool write(const list& l) {
    json_.begin_array();
    for (const auto& item : l.items) {
      if (!write(item)) return false;
    }
    json_.end_array();
    return true;
  }

  bool write(const dict& d) {
    json_.begin_object();
    for (const auto& [key, item] : d.items) {
      json_.key(key);
      if (!write(item)) return false;
    }
    json_.end_object();
    return true;
  }

  bool write(const record& r) {
    json_.begin_object();
    for (const auto& f : r.fields) {
      if (f.json.empty()) continue;
      json_.key(f.json);
      if (!write(f.what)) return false;
    }
    json_.end_object();
    return true;
  }

  std::string& out_;
  json_writer json_;
  std::size_t limit_;
};

result<value> to_json(workshop& shop, arguments args) {
  std::string out;
  if (json_printer(out, shop.longest_text()).write(args[0])) return value::of(std::move(out));
  return fail("toJson: the JSON would grow longer than " + std::to_string(shop.longest_text()) + " bytes");
}

result<value> make(workshop&, arguments args) {
  return make_list({args.begin(), args.end()});
}

result<value> append(workshop& shop, arguments args) {
  const auto items = list_argument("append", args[0]);
  if (!items) return tl::unexpected(items.error());
  if (auto paid = shop.spend((*items)->items.size() / 16); !paid) return tl::unexpected(std::move(paid).error());
  auto longer = (*items)->items;
  longer.insert(longer.end(), args.begin() + 1, args.end());
  // What is no text any more may not be joined, which `join` sees for itself.
  const auto kind = (*items)->kind == list_kind::strings ? list_kind::strings : list_kind::any;
  return make_list(std::move(longer), kind);
}

result<value> make_map(workshop&, arguments args) {
  if (args.size() % 2 != 0) return fail("dict: expected pairs of a key and a value, got an odd number of arguments");
  std::map<std::string, value, std::less<>> items;
  for (std::size_t i = 0; i < args.size(); i += 2) {
    const auto key = text_argument("dict", args[i]);
    if (!key) return tl::unexpected(key.error());
    items.insert_or_assign(std::string(*key), args[i + 1]);
  }
  return make_dict(std::move(items));
}

constexpr std::array<function, 4> table{{
    {"toJson", 1, 1, to_json},
    {"list", 0, function::any_number, make},
    {"append", 1, function::any_number, append},
    {"dict", 0, function::any_number, make_map},
}};

} // namespace

std::span<const function> data_functions() noexcept {
  return table;
}

} // namespace tocsin::templates

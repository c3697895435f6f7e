#include <algorithm>

#include "protocols/templates/functions.hpp"
#include "protocols/templates/print.hpp"
#include "protocols/templates/time_math.hpp"

namespace tocsin::templates {

namespace {

constexpr std::string_view name_of_alert = "alertname";

result<value> without_arguments(std::string_view name, bool has_arguments, value found) {
  if (has_arguments) return fail(std::string(name) + " is not a method, so it takes no arguments");
  return found;
}

value pair_of(label_view label) {
  std::vector<record::field> fields;
  fields.push_back({"Name", value::of(label.name), "Name"});
  fields.push_back({"Value", value::of(label.value), "Value"});
  return value(std::make_shared<const record>(record{"template.Pair", std::move(fields)}));
}

/// By name, but the name of the alert comes first.
std::vector<label_view> sorted_labels(const label_set& labels) {
  std::vector<label_view> out(labels.begin(), labels.end());
  std::stable_partition(out.begin(), out.end(), [](const label_view& l) { return l.name == name_of_alert; });
  return out;
}

value strings_of(const std::vector<label_view>& labels, std::string_view label_view::*part) {
  std::vector<std::string> out;
  out.reserve(labels.size());
  for (const auto& l : labels) out.emplace_back(l.*part);
  return list_of_strings(std::move(out));
}

result<value> sorted_pairs(const label_set& labels) {
  std::vector<value> items;
  for (const auto& l : sorted_labels(labels)) items.push_back(pair_of(l));
  return make_list(std::move(items), list_kind::pairs);
}

result<value> remove(workshop& shop, const label_set& labels, const value& names) {
  const auto list = list_argument("Remove", names);
  if (!list) return tl::unexpected(list.error());
  if (auto paid = shop.spend(labels.size() * (*list)->items.size() / 16); !paid) {
    return tl::unexpected(std::move(paid).error());
  }
  std::vector<label_view> kept;
  for (auto label : labels) {
    const bool named = std::any_of((*list)->items.begin(), (*list)->items.end(), [&](const value& v) {
      const auto* t = v.as<text>();
      return t && t->view() == label.name;
    });
    if (!named) kept.push_back(label);
  }
  return value(label_set::from(kept));
}

result<value> label_member(workshop& shop, const label_set& labels, std::string_view name, arguments args,
                           bool has_arguments) {
  const bool removes = name == "Remove";
  if (!removes && name != "SortedPairs" && name != "Names" && name != "Values" && name != "String") {
    return without_arguments(name, has_arguments, value::of(labels.get(name)));
  }
  const std::size_t count = removes ? 1 : 0;
  if (auto counted = check_count(name, count, count, args.size()); !counted) {
    return tl::unexpected(std::move(counted).error());
  }
  if (auto paid = shop.spend(labels.size() / 4); !paid) return tl::unexpected(std::move(paid).error());
  if (removes) return remove(shop, labels, args[0]);
  if (name == "SortedPairs") return sorted_pairs(labels);
  if (name == "String") return value::of(label_text(labels));
  return strings_of(sorted_labels(labels), name == "Names" ? &label_view::name : &label_view::value);
}

result<value> with_status(const list& alerts, std::string_view status) {
  std::vector<value> kept;
  for (const auto& item : alerts.items) {
    const auto* alert = item.as<value::record_ptr>();
    const auto* found = alert ? (*alert)->find("Status") : nullptr;
    const auto* t = found ? found->as<text>() : nullptr;
    if (t && t->view() == status) kept.push_back(item);
  }
  return make_list(std::move(kept), list_kind::some_alerts);
}

/// `Names` or `Values` of a list of pairs.
value parts_of(const list& pairs, std::string_view part) {
  std::vector<std::string> out;
  for (const auto& item : pairs.items) {
    const auto* pair = item.as<value::record_ptr>();
    const auto* found = pair ? (*pair)->find(part) : nullptr;
    if (const auto* t = found ? found->as<text>() : nullptr) out.emplace_back(t->view());
  }
  return list_of_strings(std::move(out));
}

result<value> list_member(workshop& shop, const value& whole, const list& l, std::string_view name, arguments args) {
  const bool of_alerts = l.kind == list_kind::alerts && (name == "Firing" || name == "Resolved");
  const bool of_pairs = l.kind == list_kind::pairs && (name == "Names" || name == "Values" || name == "String");
  if (!of_alerts && !of_pairs) {
    return fail("a value of type " + std::string(type_name(whole)) + " has no " + std::string(name)
                + "; use range or index to reach what is in it");
  }
  if (auto counted = check_count(name, 0, 0, args.size()); !counted) return tl::unexpected(std::move(counted).error());
  if (auto paid = shop.spend(l.items.size() / 16); !paid) return tl::unexpected(std::move(paid).error());
  if (of_alerts) return with_status(l, name == "Firing" ? "firing" : "resolved");
  if (name == "Names") return parts_of(l, "Name");
  if (name == "Values") return parts_of(l, "Value");
  std::string out;
  if (!append_printed(out, whole, shop.longest_text())) return fail("String: the text would grow too long");
  return value::of(std::move(out));
}

result<value> record_member(const record& r, std::string_view name, bool has_arguments) {
  if (const auto* found = r.find(name)) return without_arguments(name, has_arguments, *found);
  std::string message(r.type);
  message.append(" has no field ").append(name).append("; it has ");
  for (std::size_t i = 0; i < r.fields.size(); ++i) message.append(i > 0 ? ", " : "").append(r.fields[i].name);
  return fail(std::move(message));
}

} // namespace

result<value> member_of(workshop& shop, const value& receiver, std::string_view name, arguments args,
                        bool has_arguments) {
  // As in Go, what is missing has nothing but missing fields.
  if (receiver.missing()) return value();
  if (const auto* l = receiver.as<label_set>()) return label_member(shop, *l, name, args, has_arguments);
  if (const auto* r = receiver.as<value::record_ptr>()) return record_member(**r, name, has_arguments);
  if (const auto* l = receiver.as<value::list_ptr>()) return list_member(shop, receiver, **l, name, args);
  if (const auto* m = receiver.as<moment>()) return time_member(shop, *m, name, args);
  if (const auto* i = receiver.as<integer>(); i && i->kind == integer_kind::duration) {
    return duration_member(i->number, name, args);
  }
  if (const auto* i = receiver.as<integer>(); i && i->kind != integer_kind::plain && name == "String") {
    return value::of(integer_text(*i));
  }
  if (const auto* d = receiver.as<value::dict_ptr>()) {
    const auto found = (*d)->items.find(name);
    return without_arguments(name, has_arguments, found == (*d)->items.end() ? value() : found->second);
  }
  return fail("a value of type " + std::string(type_name(receiver)) + " has no field " + std::string(name));
}

} // namespace tocsin::templates

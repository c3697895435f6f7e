#include "protocols/templates/functions.hpp"

namespace tocsin::templates {

namespace {

tl::unexpected<failure> wrong_type(std::string_view function_name, std::string_view expected, const value& v) {
  std::string message(function_name);
  message.append(": expected ").append(expected).append(", got ");
  return fail(message.append(v.missing() ? "no value" : type_name(v)));
}

} // namespace

const function* find_function(std::string_view name) noexcept {
  for (const auto group : {basic_functions(), comparison_functions(), text_functions(), escaping_functions(),
                           time_functions(), data_functions()}) {
    for (const auto& f : group) {
      if (f.name == name) return &f;
    }
  }
  return nullptr;
}

result<void> check_count(std::string_view name, std::size_t fewest, std::size_t most, std::size_t count) {
  if (count >= fewest && count <= most) return {};
  std::string message(name);
  message.append(" takes ");
  if (most == function::any_number) message.append("at least ");
  message.append(std::to_string(fewest));
  if (most != function::any_number && most != fewest) message.append(" to ").append(std::to_string(most));
  message.append(fewest == 1 && (most == 1 || most == function::any_number) ? " argument" : " arguments");
  return fail(message.append(", got ").append(std::to_string(count)));
}

result<std::string_view> text_argument(std::string_view function_name, const value& v) {
  if (const auto* t = v.as<text>()) return t->view();
  return wrong_type(function_name, "a string", v);
}

result<std::int64_t> integer_argument(std::string_view function_name, const value& v) {
  if (const auto* i = v.as<integer>()) return i->number;
  return wrong_type(function_name, "an int", v);
}

result<moment> time_argument(std::string_view function_name, const value& v) {
  if (const auto* m = v.as<moment>()) return *m;
  return wrong_type(function_name, "a time, such as .StartsAt", v);
}

result<value::list_ptr> list_argument(std::string_view function_name, const value& v) {
  if (const auto* l = v.as<value::list_ptr>()) return *l;
  return wrong_type(function_name, "a list", v);
}

} // namespace tocsin::templates

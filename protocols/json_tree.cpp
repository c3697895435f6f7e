#include "protocols/json_tree.hpp"

namespace tocsin {

namespace {

namespace dom = simdjson::dom;

std::string_view kind_of(dom::element value) noexcept {
  switch (value.type()) {
    case dom::element_type::OBJECT: return "an object";
    case dom::element_type::ARRAY: return "an array";
    case dom::element_type::STRING: return "a string";
    case dom::element_type::BOOL: return "a boolean";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
  }
}

[[noreturn]] void wrong_kind(dom::element value, const std::string& at, std::string_view expected) {
  std::string message = at;
  if (!message.empty()) message += ": ";
  message.append("expected ").append(expected).append(", found ").append(kind_of(value));
  throw json_fault(message);
}

template <class T>
T value_of(dom::element value, const std::string& at, std::string_view expected) {
  T found;
  if (value.get(found) != simdjson::SUCCESS) wrong_kind(value, at, expected);
  return found;
}

} // namespace

dom::element json_root(dom::parser& parser, std::string_view text) {
  dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    throw json_fault(simdjson::error_message(error));
  }
  return root;
}

dom::object json_object(dom::element value, const std::string& at) {
  return value_of<dom::object>(value, at, "an object");
}

dom::array json_array(dom::element value, const std::string& at) {
  return value_of<dom::array>(value, at, "an array");
}

std::string json_string(dom::element value, const std::string& at) {
  return std::string(value_of<std::string_view>(value, at, "a string"));
}

bool json_boolean(dom::element value, const std::string& at) {
  return value_of<bool>(value, at, "true or false");
}

} // namespace tocsin

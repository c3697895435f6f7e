#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <simdjson.h>

/// Reading small JSON bodies as a tree, with the place of what is wrong.
namespace tocsin {

/// A value that is not what was expected; `what` says where and what:
/// `matchers[0].name: expected a string, found a number`. Caught by whoever began to read.
class json_fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The tree of a whole text, which lives as long as `parser`.
simdjson::dom::element json_root(simdjson::dom::parser& parser, std::string_view text);

// Each takes the value apart or throws `json_fault`; `at` is its place for the message, empty for the root.
simdjson::dom::object json_object(simdjson::dom::element value, const std::string& at);
simdjson::dom::array json_array(simdjson::dom::element value, const std::string& at);
std::string json_string(simdjson::dom::element value, const std::string& at);
bool json_boolean(simdjson::dom::element value, const std::string& at);

} // namespace tocsin

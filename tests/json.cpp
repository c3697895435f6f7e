#include "tests/json.hpp"

#include <simdjson.h>

namespace tocsin::testing {

struct json::impl {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  bool valid = false;

  template <class T>
  std::optional<T> at(std::string_view pointer) const {
    T value;
    if (!valid || root.at_pointer(pointer).get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }
};

json::json(std::string_view text) : impl_(std::make_unique<impl>()) {
  impl_->valid = impl_->parser.parse(simdjson::padded_string(text)).get(impl_->root) == simdjson::SUCCESS;
}
json::~json() = default;

bool json::valid() const noexcept {
  return impl_->valid;
}

std::optional<std::string> json::text(std::string_view pointer) const {
  const auto found = impl_->at<std::string_view>(pointer);
  return found ? std::optional<std::string>(*found) : std::nullopt;
}
std::optional<std::int64_t> json::number(std::string_view pointer) const {
  return impl_->at<std::int64_t>(pointer);
}
std::optional<bool> json::boolean(std::string_view pointer) const {
  return impl_->at<bool>(pointer);
}

std::optional<std::size_t> json::size(std::string_view pointer) const {
  const auto found = impl_->at<simdjson::dom::array>(pointer);
  return found ? std::optional<std::size_t>(found->size()) : std::nullopt;
}

bool json::is_null(std::string_view pointer) const {
  const auto found = impl_->at<simdjson::dom::element>(pointer);
  return found && found->is_null();
}

std::string json::keys(std::string_view pointer) const {
  const auto found = impl_->at<simdjson::dom::object>(pointer);
  std::string joined;
  if (!found) return joined;
  for (auto [name, value] : *found) joined.append(joined.empty() ? "" : " ").append(name);
  return joined;
}

std::string json::column(std::string_view name, std::string_view pointer) const {
  const auto rows = impl_->at<simdjson::dom::array>(pointer);
  std::string joined;
  if (!rows) return joined;
  for (const auto row : *rows) {
    std::string_view value = "?";
    if (row[name].get(value) != simdjson::SUCCESS) value = "?";
    joined.append(joined.empty() ? "" : " ").append(value);
  }
  return joined;
}

} // namespace tocsin::testing

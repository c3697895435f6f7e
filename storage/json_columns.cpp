#include "storage/json_columns.hpp"

#include <stdexcept>

#include <simdjson.h>

#include "protocols/json_writer.hpp"

namespace tocsin::storage {

void write_labels(std::string& out, const label_set& labels) {
  out.clear();
  json_writer(out).value(labels);
}

void write_strings(std::string& out, const std::vector<std::string>& strings) {
  out.clear();
  json_writer json(out);
  json.begin_array();
  for (const auto& text : strings) json.value(text);
  json.end_array();
}

struct json_column_reader::impl {
  simdjson::ondemand::parser parser;
  std::string padded;
  std::vector<label_view> views;

  simdjson::ondemand::document open(std::string_view text) {
    padded.assign(text);
    padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return parser.iterate(padded.data(), text.size(), padded.capacity());
  }
};

namespace {

template <class Read>
auto read_or_explain(std::string_view text, Read&& read) {
  try {
    return read();
  } catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error("a JSON column of the history cannot be read (" + std::string(error.what())
                             + "): " + std::string(text.substr(0, 200)));
  }
}

} // namespace

json_column_reader::json_column_reader() : impl_(std::make_unique<impl>()) {}
json_column_reader::~json_column_reader() = default;
json_column_reader::json_column_reader(json_column_reader&&) noexcept = default;
json_column_reader& json_column_reader::operator=(json_column_reader&&) noexcept = default;

label_set json_column_reader::labels(std::string_view text) {
  if (text == "{}") return {};
  return read_or_explain(text, [&] {
    auto document = impl_->open(text);
    auto& views = impl_->views;
    views.clear();
    for (auto field : document.get_object()) {
      // Both stay in the parser's buffer until the next document.
      const std::string_view name = field.unescaped_key();
      const std::string_view value = field.value().get_string();
      views.push_back({name, value});
    }
    return label_set::from(views);
  });
}

std::vector<std::string> json_column_reader::strings(std::string_view text) {
  std::vector<std::string> found;
  if (text == "[]") return found;
  return read_or_explain(text, [&] {
    auto document = impl_->open(text);
    for (auto element : document.get_array()) found.emplace_back(std::string_view(element.get_string()));
    return std::move(found);
  });
}

std::vector<std::int64_t> json_column_reader::numbers(std::string_view text) {
  std::vector<std::int64_t> found;
  if (text == "[]") return found;
  return read_or_explain(text, [&] {
    auto document = impl_->open(text);
    for (auto element : document.get_array()) found.push_back(element.get_int64());
    return std::move(found);
  });
}

} // namespace tocsin::storage

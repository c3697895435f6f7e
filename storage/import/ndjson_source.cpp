#include <algorithm>

#include <simdjson.h>

#include "protocols/utf8.hpp"
#include "storage/import/alert_source.hpp"
#include "storage/import/file_window.hpp"

namespace tocsin::storage {

namespace {

/// More names than these are no columns that somebody forgot.
constexpr std::size_t most_unknown = 50;

class ndjson_source final : public alert_source {
 public:
  ndjson_source(file_window window, std::string file) : window_(std::move(window)), file_(std::move(file)) {}

  result<std::optional<source_row>> next() override;
  source_position position() const override { return {window_.offset(), line_}; }
  void resume(source_position at) override {
    window_.seek(at.offset);
    line_ = at.line;
  }
  std::int64_t size() const override { return window_.size(); }
  const std::vector<std::string>& unknown() const override { return unknown_; }

 private:
  /// Finds the end of the next line and copies it; nothing at the end of the file.
  result<std::optional<std::string_view>> read_line();
  /// Leaves out the rest of a line that is too long.
  result<void> skip_line();
  tl::expected<const raw_row*, refusal> take_row(std::string_view line);
  raw_cell cell_of(simdjson::ondemand::value value);
  void note_unknown(std::string_view name);

  file_window window_;
  std::string file_;
  simdjson::ondemand::parser parser_;
  /// The line, with the room behind it that the parser needs.
  std::string padded_;
  bool too_long_ = false;
  std::int64_t line_ = 0;
  std::vector<std::string> unknown_;
  raw_row row_;
};

result<std::optional<std::string_view>> ndjson_source::read_line() {
  too_long_ = false;
  std::size_t searched = 0;
  for (;;) {
    const auto text = window_.text();
    const auto end = text.find('\n', searched);
    if (end != std::string_view::npos || (window_.at_end() && !text.empty())) {
      padded_.assign(text.substr(0, end));
      padded_.reserve(padded_.size() + simdjson::SIMDJSON_PADDING);
      window_.consume(end == std::string_view::npos ? text.size() : end + 1);
      return std::string_view(padded_);
    }
    if (window_.at_end()) return std::nullopt;
    if (text.size() > most_row_bytes) {
      too_long_ = true;
      if (auto skipped = skip_line(); !skipped) return tl::unexpected(skipped.error());
      return std::string_view();
    }
    searched = text.size();
    if (auto read = window_.grow(); !read) return tl::unexpected(read.error());
  }
}

result<void> ndjson_source::skip_line() {
  for (;;) {
    const auto text = window_.text();
    const auto end = text.find('\n');
    window_.consume(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos || window_.at_end()) return {};
    if (auto read = window_.grow(); !read) return read;
  }
}

void ndjson_source::note_unknown(std::string_view name) {
  if (is_needless_column(name) || unknown_.size() >= most_unknown) return;
  auto text = std::string(name.substr(0, 60));
  if (std::find(unknown_.begin(), unknown_.end(), text) == unknown_.end()) unknown_.push_back(std::move(text));
}

raw_cell ndjson_source::cell_of(simdjson::ondemand::value value) {
  switch (value.type().value()) {
    case simdjson::ondemand::json_type::string: return raw_cell::of_text(value.get_string());
    case simdjson::ondemand::json_type::object: return raw_cell::of_json(value.get_object().value().raw_json());
    case simdjson::ondemand::json_type::array: return raw_cell::of_json(value.get_array().value().raw_json());
    case simdjson::ondemand::json_type::number: {
      std::int64_t whole = 0;
      if (value.get_int64().get(whole) == simdjson::SUCCESS) return raw_cell::of(whole);
      return raw_cell::of(value.get_double().value());
    }
    case simdjson::ondemand::json_type::boolean: return raw_cell::of_json(value.raw_json_token());
    case simdjson::ondemand::json_type::null:
      // Said in full, it is nothing; a word that only begins like it is an error.
      if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
      return {};
  }
  return {};
}

tl::expected<const raw_row*, refusal> ndjson_source::take_row(std::string_view line) {
  row_ = {};
  try {
    auto document = parser_.iterate(padded_.data(), line.size(), padded_.capacity());
    for (auto field : document.get_object()) {
      const std::string_view name = field.unescaped_key();
      const auto column = import_column_named(name);
      if (column) {
        row_[*column] = cell_of(field.value());
      } else {
        note_unknown(name);
      }
    }
    if (document.current_location().error() == simdjson::OUT_OF_BOUNDS) return &row_;
    return tl::unexpected(refusal{"the line has text behind its JSON object", {}});
  } catch (const simdjson::simdjson_error& error) {
    return tl::unexpected(refusal{"the line is no JSON object in UTF-8", error.what()});
  }
}

result<std::optional<source_row>> ndjson_source::next() {
  for (;;) {
    const auto line = read_line();
    if (!line) return tl::unexpected(line.error());
    if (!*line) return std::nullopt;
    source_row row{++line_, &row_};
    if (too_long_) {
      row.what =
          tl::unexpected(refusal{"the line is longer than " + std::to_string(most_row_bytes >> 20) + " MiB", {}});
      return row;
    }
    if ((*line)->find_first_not_of(" \t\r") == std::string_view::npos) continue;
    row.what = take_row(**line);
    return row;
  }
}

} // namespace

result<std::unique_ptr<alert_source>> open_ndjson(const std::string& file) {
  auto window = file_window::open(file);
  if (!window) return tl::unexpected(window.error());
  if (auto read = window->grow(); !read) return tl::unexpected(read.error());
  if (window->text().starts_with("\xEF\xBB\xBF")) window->consume(3);
  return std::make_unique<ndjson_source>(std::move(*window), file);
}

} // namespace tocsin::storage

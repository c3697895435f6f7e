#include <algorithm>

#include "protocols/utf8.hpp"
#include "storage/csv.hpp"
#include "storage/import/alert_source.hpp"
#include "storage/import/csv_parser.hpp"
#include "storage/import/file_window.hpp"

namespace tocsin::storage {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class csv_source final : public alert_source {
 public:
  csv_source(file_window window, std::string file) : window_(std::move(window)), file_(std::move(file)) {}

  result<void> read_header();

  result<std::optional<source_row>> next() override;
  source_position position() const override { return {window_.offset(), line_}; }
  void resume(source_position at) override {
    window_.seek(at.offset);
    line_ = at.line;
  }
  std::int64_t size() const override { return window_.size(); }
  const std::vector<std::string>& unknown() const override { return unknown_; }

 private:
  /// Parses the next record; false at the end of the file.
  result<bool> read_record();
  result<void> take_header();
  tl::expected<const raw_row*, refusal> take_row();
  std::string place() const { return file_ + ", line " + std::to_string(line_ + 1); }

  file_window window_;
  std::string file_;
  csv_parser parser_;
  /// Lines before the record that is read next.
  std::int64_t line_ = 0;
  /// What each cell of a line is; nothing where it is not taken.
  std::vector<std::optional<import_column>> columns_;
  std::vector<std::string> unknown_;
  raw_row row_;
};

result<bool> csv_source::read_record() {
  for (;;) {
    const auto text = window_.text();
    if (text.empty() && window_.at_end()) return false;
    const auto outcome = text.empty() ? csv_parser::outcome::more : parser_.parse(text, window_.at_end());
    if (outcome == csv_parser::outcome::record) return true;
    if (outcome == csv_parser::outcome::unclosed) {
      return fail(place()
                  + ": a cell that begins with a quote has no closing one. The file is cut off or damaged there.");
    }
    if (text.size() > most_row_bytes) {
      return fail(place() + ": a row of more than " + std::to_string(most_row_bytes >> 20)
                  + " MiB. A closing quote is missing, most likely.");
    }
    if (auto read = window_.grow(); !read) return tl::unexpected(read.error());
  }
}

result<void> csv_source::read_header() {
  auto read = window_.grow();
  if (!read) return read;
  if (window_.text().starts_with(byte_order_mark)) window_.consume(byte_order_mark.size());
  const auto found = read_record();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return fail(file_ + " is empty. Expected a line that names the columns, as the export writes it.");
  if (auto taken = take_header(); !taken) return taken;
  line_ += static_cast<std::int64_t>(parser_.lines());
  window_.consume(parser_.size());
  return {};
}

result<void> csv_source::take_header() {
  bool named = false;
  bool started = false;
  for (const auto cell : parser_.cells()) {
    const auto column = import_column_named(without_guard(cell));
    if (column && std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
      return fail(place() + ": two columns for " + std::string(to_string(*column)));
    }
    if (!column && !is_needless_column(cell)) unknown_.push_back(replace_invalid_utf8(cell.substr(0, 60)));
    named = named || column == import_column::alert_name || column == import_column::labels;
    started = started || column == import_column::start_time;
    columns_.push_back(column);
  }
  if (named && started) return {};
  return fail(place()
              + ": this is no header of alerts. Expected names of columns as the export writes them, start_time and "
              + "alert_name or labels among them.");
}

tl::expected<const raw_row*, refusal> csv_source::take_row() {
  const auto& cells = parser_.cells();
  const auto refused = [&](std::string reason) { return tl::unexpected(refusal{std::move(reason), {}}); };
  if (parser_.fault() != nullptr) return refused(std::string("the line ") + parser_.fault());
  if (cells.size() != columns_.size()) {
    return tl::unexpected(refusal{"the line has not as many cells as the header",
                                  std::to_string(cells.size()) + " instead of " + std::to_string(columns_.size())});
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns_[i]) row_[*columns_[i]] = raw_cell::of_text(without_guard(cells[i]));
  }
  return &row_;
}

result<std::optional<source_row>> csv_source::next() {
  for (;;) {
    const auto found = read_record();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return std::nullopt;
    const bool blank = parser_.cells().size() == 1 && parser_.cells().front().empty();
    source_row row{line_ + 1, &row_};
    if (!blank) row.what = take_row();
    line_ += static_cast<std::int64_t>(parser_.lines());
    window_.consume(parser_.size());
    if (!blank) return row;
  }
}

} // namespace

result<std::unique_ptr<alert_source>> open_csv(const std::string& file) {
  auto window = file_window::open(file);
  if (!window) return tl::unexpected(window.error());
  auto source = std::make_unique<csv_source>(std::move(*window), file);
  if (auto read = source->read_header(); !read) return tl::unexpected(read.error());
  return source;
}

} // namespace tocsin::storage

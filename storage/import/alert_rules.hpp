#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "storage/import/raw_row.hpp"
#include "storage/import/values.hpp"
#include "storage/reader.hpp"

namespace tocsin::storage {

/// An alert that may go into the history: it has ended, and has neither id nor group there yet.
struct imported_alert {
  /// Its id where it comes from; unset when it has none.
  std::optional<std::int64_t> source_id;
  /// Its `related_alerts` name ids of where it comes from.
  history_row row;
};

/// Makes alerts of rows of a file. It depends on the row and on what it was made with alone.
class alert_rules {
 public:
  /// @param now no imported alert ends after it.
  /// @param close_open whether a row without an end is taken to have ended when it was last heard of.
  alert_rules(timestamp now, bool close_open) : now_(now), close_open_(close_open) {}

  /// A missing column counts as an empty one. What is empty has a default but the alert's name, its start and its end.
  tl::expected<imported_alert, refusal> read(const raw_row& row);

 private:
  /// Each returns whether all is well, and otherwise leaves the reason in `fault_`.
  bool read_labels(const raw_row& row, episode& e);
  bool complete_label(const raw_row& row, import_column from, std::string_view label, std::string_view said);
  bool read_severities(const raw_row& row, episode& e);
  bool read_times(const raw_row& row, history_row& into);
  bool read_end(const raw_row& row, history_row& into);
  bool read_counts(const raw_row& row, history_row& into);
  bool read_texts(const raw_row& row, history_row& into);
  bool read_lists(const raw_row& row, history_row& into);

  bool time(const raw_row& row, import_column c, std::optional<timestamp>& into);
  bool number(const raw_row& row, import_column c, std::int64_t least, std::int64_t most,
              std::optional<std::int64_t>& into);
  bool text(const raw_row& row, import_column c, std::string& into);
  bool refuse(std::string reason, const raw_cell& found = {});

  timestamp now_;
  bool close_open_;
  json_cells json_;
  std::vector<label_view> labels_;
  refusal fault_;
};

} // namespace tocsin::storage

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "storage/reader.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// What the history knows already of alerts that are to be imported.
class known_alerts {
 public:
  explicit known_alerts(SQLite::Database& db);

  /// The row with these labels and this start.
  std::optional<episode_id> find(const episode& e, const std::string& fingerprint);
  /// A row was inserted.
  void note(const episode& e, const std::string& fingerprint);
  /// Whether the row may be one that a clean-up deleted: the roll-ups count more alerts of its hour, name, service and
  /// severity than there are rows, and would count it twice.
  bool may_have_been_cleaned(const episode& e);

 private:
  using ids = std::unordered_map<std::string, episode_id>;

  ids& with_start(const episode& e);

  statement find_;
  statement count_cell_;
  statement count_rows_;
  std::int64_t first_whole_hour_;
  /// By name and start, since thousands of one name often begin at the same moment.
  std::unordered_map<std::string, ids> starts_;
  std::size_t held_ = 0;
  std::unordered_map<std::string, bool> cleaned_cells_;
};

} // namespace tocsin::storage

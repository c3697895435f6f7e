#include "storage/import/known_alerts.hpp"

#include "storage/rollup_cells.hpp"

namespace tocsin::storage {

namespace {

/// Some ten megabytes.
constexpr std::size_t most_held = 50'000;

} // namespace

known_alerts::known_alerts(SQLite::Database& db)
    : find_(db,
            "SELECT id, fingerprint FROM alert_history INDEXED BY alert_history_by_name WHERE alert_name = ?1 AND "
            "start_time = ?2"),
      count_cell_(db,
                  "SELECT episodes FROM rollups WHERE grain = 0 AND span = 0 AND bucket = ?1 AND alert_name = ?2 AND "
                  "service = ?3 AND severity = ?4"),
      count_rows_(db,
                  "SELECT count(*) FROM alert_history INDEXED BY alert_history_by_name WHERE alert_name = ?1 AND "
                  "start_time >= ?2 AND start_time < ?2 + 3600000 AND service = ?3 AND severity = ?4"),
      first_whole_hour_(first_whole_hour(db)) {}

known_alerts::ids& known_alerts::with_start(const episode& e) {
  const auto name = e.labels.get("alertname");
  auto key = std::to_string(e.starts_at.time_since_epoch().count()) + ' ';
  key += name;
  const auto found = starts_.find(key);
  if (found != starts_.end()) return found->second;
  if (held_ > most_held) {
    starts_.clear();
    held_ = 0;
  }
  auto& all = starts_[std::move(key)];
  ++held_;
  find_.open(name, e.starts_at);
  while (find_.next()) {
    row_reader row(find_);
    const auto id = row.id<episode_id>();
    all.emplace(row.string(), id);
    ++held_;
  }
  find_.rewind();
  return all;
}

std::optional<episode_id> known_alerts::find(const episode& e, const std::string& fingerprint) {
  const auto& all = with_start(e);
  const auto found = all.find(fingerprint);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

void known_alerts::note(const episode& e, const std::string& fingerprint) {
  with_start(e).emplace(fingerprint, e.id);
  ++held_;
}

bool known_alerts::may_have_been_cleaned(const episode& e) {
  const auto hour = hour_of(e.starts_at);
  if (hour >= first_whole_hour_) return false;
  const auto names = names_of(e.labels);
  const auto severity = static_cast<int>(e.state.current_severity);
  auto key = std::to_string(hour) + ' ' + std::to_string(severity) + ' ';
  key.append(names.name).append(1, '\0').append(names.service);
  if (const auto found = cleaned_cells_.find(key); found != cleaned_cells_.end()) return found->second;
  // The answer stays: either no row of that cell is let in, or nothing of it was ever deleted.
  if (cleaned_cells_.size() > most_held) cleaned_cells_.clear();
  count_cell_.open(hour, names.name, names.service, severity);
  const auto counted = count_cell_.next() ? row_reader(count_cell_).number() : 0;
  count_cell_.rewind();
  count_rows_.open(names.name, hour * 3'600'000, names.service, to_string(e.state.current_severity));
  const auto there = count_rows_.next() ? row_reader(count_rows_).number() : 0;
  count_rows_.rewind();
  return cleaned_cells_[std::move(key)] = counted > there;
}

} // namespace tocsin::storage

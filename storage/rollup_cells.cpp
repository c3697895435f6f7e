#include "storage/rollup_cells.hpp"

#include <limits>
#include <stdexcept>
#include <string>

namespace tocsin::storage {

namespace {

constexpr const char* is_cell =
    " WHERE grain = +?1 AND span = +?2 AND bucket = ?3 AND alert_name = ?4 AND service = ?5 AND severity = ?6";

constexpr const char* save_sql = R"sql(
INSERT OR REPLACE INTO rollups (grain, span, bucket, alert_name, service, severity, episodes, resolved,
  resolution_sum, resolution_least, resolution_most, resolution_spread, acknowledged, acknowledgement_sum,
  acknowledgement_least, acknowledgement_most, acknowledgement_spread, level_sum, notifications, occurrences,
  unattended, with_targets, on_target, reopened)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
  ?24))sql";

constexpr const char* contribution_columns =
    "alert_name, service, severity, start_time, escalation_level, resolution_time_seconds, "
    "CASE WHEN acknowledgment_time IS NULL THEN NULL ELSE max(acknowledgment_time - start_time, 0) / 1000 END, "
    "notification_count, occurrence_count, reopen_count";

quantile_sketch decode(std::string_view bytes) {
  auto sketch = quantile_sketch::decode(bytes);
  if (!sketch) throw std::runtime_error(sketch.error().message);
  return *std::move(sketch);
}

void read_sum(row_reader& row, rollup_times& t) {
  t.count = row.number();
  t.sum = row.number();
}

void read_extremes(row_reader& row, rollup_times& t) {
  t.least = row.maybe_number();
  t.most = row.maybe_number();
}

/// @throws std::runtime_error when a sketch cannot be read.
rollup_values read_all(row_reader& row) {
  auto v = read_values(row, rollup_detail::all);
  const auto spreads = read_spreads(row, rollup_detail::all);
  v.resolution.spread = decode(spreads.resolution);
  v.acknowledgement.spread = decode(spreads.acknowledgement);
  return v;
}

} // namespace

std::string contribution_query(const char* condition) {
  return std::string("SELECT ") + contribution_columns + " FROM alert_history " + condition;
}

contribution read_contribution(row_reader& row) {
  contribution c;
  c.alert_name = row.string();
  c.service = row.string();
  c.severity = parse_severity(row.text()).value_or(severity::warning);
  c.hour = hour_of(row.time());
  c.level = row.number();
  c.resolution_seconds = row.maybe_number();
  c.acknowledgement_seconds = row.maybe_number();
  c.notifications = row.number();
  c.occurrences = row.number();
  c.reopened = row.number();
  return c;
}

std::string rollup_value_columns(rollup_detail detail) {
  if (detail == rollup_detail::episodes) return "episodes";
  std::string columns =
      "episodes, resolved, resolution_sum, acknowledged, acknowledgement_sum, level_sum, notifications, occurrences, "
      "unattended, with_targets, on_target, reopened";
  if (detail == rollup_detail::sums) return columns;
  return columns
         + ", resolution_least, resolution_most, acknowledgement_least, acknowledgement_most, resolution_spread, "
           "acknowledgement_spread";
}

rollup_values read_values(row_reader& row, rollup_detail detail) {
  rollup_values v;
  v.episodes = row.number();
  if (detail == rollup_detail::episodes) return v;
  read_sum(row, v.resolution);
  read_sum(row, v.acknowledgement);
  v.level_sum = row.number();
  v.notifications = row.number();
  v.occurrences = row.number();
  v.unattended = row.number();
  v.with_targets = row.number();
  v.on_target = row.number();
  v.reopened = row.number();
  if (detail == rollup_detail::sums) return v;
  read_extremes(row, v.resolution);
  read_extremes(row, v.acknowledgement);
  return v;
}

encoded_spreads read_spreads(row_reader& row, rollup_detail detail) {
  if (detail != rollup_detail::all) return {};
  encoded_spreads spreads;
  spreads.resolution = row.text();
  spreads.acknowledgement = row.text();
  return spreads;
}

std::int64_t first_whole_hour(SQLite::Database& db) {
  constexpr std::int64_t hour_ms = 3'600'000;
  statement mark(db, "SELECT value FROM marks WHERE name = 'cleaned_until'");
  mark.open();
  return mark.next() ? (row_reader(mark).number() + hour_ms - 1) / hour_ms : std::numeric_limits<std::int64_t>::min();
}

rollup_cells::rollup_cells(const SQLite::Database& db)
    : find_(db, "SELECT " + rollup_value_columns(rollup_detail::all) + " FROM rollups" + is_cell),
      save_(db, save_sql),
      remove_(db, std::string("DELETE FROM rollups") + is_cell),
      of_hour_(db, "SELECT grain, alert_name, service, severity, " + rollup_value_columns(rollup_detail::all)
                       + " FROM rollups WHERE grain = +?1 AND span = 0 AND bucket = ?2"),
      next_hour_(db, "SELECT min(bucket) FROM rollups WHERE grain = 3 AND span = 0 AND bucket >= ?1 AND bucket < ?2") {}

std::optional<rollup_values> rollup_cells::find(const rollup_key& k) {
  find_.open(static_cast<int>(k.grain), static_cast<int>(k.span), k.bucket, k.alert_name, k.service,
             static_cast<int>(k.severity));
  std::optional<rollup_values> found;
  if (find_.next()) {
    row_reader row(find_);
    found = read_all(row);
  }
  find_.rewind();
  return found;
}

void rollup_cells::save(const rollup_key& k, const rollup_values& v) {
  const auto grain = static_cast<int>(k.grain);
  const auto span = static_cast<int>(k.span);
  const auto severity = static_cast<int>(k.severity);
  if (v.episodes == 0) return remove_.run(grain, span, k.bucket, k.alert_name, k.service, severity);
  const auto resolution_spread = v.resolution.spread.encode();
  const auto acknowledgement_spread = v.acknowledgement.spread.encode();
  save_.run(grain, span, k.bucket, k.alert_name, k.service, severity, v.episodes, v.resolution.count, v.resolution.sum,
            v.resolution.least, v.resolution.most, blob{resolution_spread}, v.acknowledgement.count,
            v.acknowledgement.sum, v.acknowledgement.least, v.acknowledgement.most, blob{acknowledgement_spread},
            v.level_sum, v.notifications, v.occurrences, v.unattended, v.with_targets, v.on_target, v.reopened);
}

void rollup_cells::for_each_of_hour(std::int64_t hour,
                                    const std::function<void(const rollup_key&, const rollup_values&)>& visit) {
  for (int grain = 0; grain <= static_cast<int>(rollup_grain::all); ++grain) {
    of_hour_.open(grain, hour);
    while (of_hour_.next()) {
      row_reader row(of_hour_);
      rollup_key k;
      k.grain = static_cast<rollup_grain>(row.number());
      k.bucket = hour;
      k.alert_name = row.string();
      k.service = row.string();
      k.severity = static_cast<severity>(row.number());
      visit(k, read_all(row));
    }
    of_hour_.rewind();
  }
}

std::optional<std::int64_t> rollup_cells::next_hour(std::int64_t hour, std::int64_t end) {
  next_hour_.open(hour, end);
  std::optional<std::int64_t> found;
  if (next_hour_.next()) found = row_reader(next_hour_).maybe_number();
  next_hour_.rewind();
  return found;
}

} // namespace tocsin::storage

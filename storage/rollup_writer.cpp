#include "storage/rollup_writer.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <SQLiteCpp/Transaction.h>

namespace tocsin::storage {

namespace {

/// How far the clock is ahead of what is rolled.
constexpr std::int64_t lag_hours = 2;

/// What both say alike about times is not taken out and put in again, which would
/// put the extremes in doubt.
void leave_out_same(rollup_times& before, rollup_times& after) {
  if (before != after) return;
  before = {};
  after = {};
}

} // namespace

rollup_writer::rollup_writer(SQLite::Database& db)
    : db_(db),
      cells_(db),
      read_(db, contribution_query("WHERE id = ?1")),
      rows_of_hour_(db, contribution_query("INDEXED BY alert_history_by_name WHERE alert_name = ?1 AND "
                                           "start_time >= ?2 AND start_time < ?2 + 3600000")),
      read_mark_(db, "SELECT value FROM marks WHERE name = 'rolled_until'"),
      store_mark_(db, "INSERT OR REPLACE INTO marks (name, value) VALUES ('rolled_until', ?1)"),
      cells_of_hour_(db,
                     "SELECT resolution_least, resolution_most, acknowledgement_least, acknowledgement_most FROM "
                     "rollups WHERE grain = +?1 AND span = 0 AND bucket = ?2 AND (?3 OR alert_name = ?4) AND (?5 OR "
                     "service = ?6) AND severity = ?7") {}

std::int64_t rollup_writer::load_mark() {
  if (rolled_until_) return *rolled_until_;
  read_mark_.open();
  rolled_until_ = read_mark_.next() ? row_reader(read_mark_).number() : 0;
  read_mark_.rewind();
  return *rolled_until_;
}

void rollup_writer::store_mark(std::int64_t hour) {
  rolled_until_ = hour;
  store_mark_.run(hour);
}

std::optional<contribution> rollup_writer::read(episode_id id) {
  read_.open(id);
  std::optional<contribution> found;
  if (read_.next()) {
    row_reader row(read_);
    found = read_contribution(row);
  }
  read_.rewind();
  return found;
}

void rollup_writer::touch(episode_id id) {
  if (touched_.contains(id)) return;
  touched_.emplace(id, read(id));
}

void rollup_writer::forget() noexcept {
  touched_.clear();
  // What this transaction has rolled is not rolled.
  rolled_until_.reset();
}

template <class Apply>
void rollup_writer::for_each_cell(const contribution& c, Apply apply_to) const {
  const auto rolled = c.hour < rolled_until_.value();
  for (const auto span : {rollup_span::hour, rollup_span::day, rollup_span::season}) {
    if (span != rollup_span::hour && !rolled) break;
    const auto bucket = bucket_of(span, c.hour);
    for_each_grain(c, span, bucket, apply_to);
  }
}

void rollup_writer::note(changes& all, const std::optional<contribution>& before,
                         const std::optional<contribution>& after) const {
  auto lost = before ? values_of(*before) : rollup_values{};
  auto gained = after ? values_of(*after) : rollup_values{};
  const auto same_cells = before && after && before->hour == after->hour && before->severity == after->severity
                          && before->alert_name == after->alert_name && before->service == after->service;
  if (same_cells) {
    leave_out_same(lost.resolution, gained.resolution);
    leave_out_same(lost.acknowledgement, gained.acknowledgement);
  }
  if (before) for_each_cell(*before, [&](rollup_key k) { all[std::move(k)].lose(lost); });
  if (after) for_each_cell(*after, [&](rollup_key k) { all[std::move(k)].gain(gained); });
}

void rollup_writer::settle(timestamp now) {
  load_mark();
  changes all;
  for (const auto& [id, before] : touched_) {
    const auto after = read(id);
    if (before != after) note(all, before, after);
  }
  touched_.clear();
  apply(all);
  roll(now);
}

void rollup_writer::apply(const changes& all) {
  std::vector<rollup_key> doubtful;
  for (const auto& [key, change] : all) {
    auto values = cells_.find(key).value_or(rollup_values{});
    values.add(change.sum);
    cells_.save(key, values);
    if (change.lost_times && values.episodes > 0) doubtful.push_back(key);
  }
  mend_extremes(doubtful);
}

/// Finds least and most anew, the finest cells first: coarse ones are made from them.
void rollup_writer::mend_extremes(const std::vector<rollup_key>& keys) {
  auto ordered = keys;
  std::sort(ordered.begin(), ordered.end(), [](const rollup_key& a, const rollup_key& b) {
    return std::tie(a.span, a.grain) < std::tie(b.span, b.grain);
  });
  for (const auto& key : ordered) {
    auto values = cells_.find(key);
    if (!values) continue;
    const auto found = extremes_of(key);
    values->resolution.least = found.resolution.least;
    values->resolution.most = found.resolution.most;
    values->acknowledgement.least = found.acknowledgement.least;
    values->acknowledgement.most = found.acknowledgement.most;
    cells_.save(key, *values);
  }
}

/// Only the extremes of what is returned count.
rollup_values rollup_writer::extremes_of(const rollup_key& key) {
  if (key.span == rollup_span::hour && key.grain == rollup_grain::name_and_service) return extremes_of_rows(key);
  rollup_values all;
  if (key.span == rollup_span::hour) {
    cells_of_hour_.open(static_cast<int>(rollup_grain::name_and_service), key.bucket, key.grain != rollup_grain::name,
                        key.alert_name, key.grain != rollup_grain::service, key.service,
                        static_cast<int>(key.severity));
    while (cells_of_hour_.next()) {
      row_reader row(cells_of_hour_);
      rollup_values cell;
      cell.resolution.least = row.maybe_number();
      cell.resolution.most = row.maybe_number();
      cell.acknowledgement.least = row.maybe_number();
      cell.acknowledgement.most = row.maybe_number();
      all.add(cell);
    }
    cells_of_hour_.rewind();
    return all;
  }
  auto part = key;
  part.span = key.span == rollup_span::day ? rollup_span::hour : rollup_span::day;
  const auto parts = key.span == rollup_span::day ? hours_a_day : days_a_season;
  for (std::int64_t i = 0; i < parts; ++i) {
    part.bucket = key.bucket * parts + i;
    // Hours that are not rolled yet are not part of their day.
    if (part.span == rollup_span::hour && part.bucket >= rolled_until_.value()) break;
    if (const auto cell = cells_.find(part)) all.add(*cell);
  }
  return all;
}

rollup_values rollup_writer::extremes_of_rows(const rollup_key& key) {
  rollup_values all;
  rows_of_hour_.open(key.alert_name, key.bucket * 3'600'000);
  while (rows_of_hour_.next()) {
    row_reader row(rows_of_hour_);
    const auto c = read_contribution(row);
    if (c.service == key.service && c.severity == key.severity) all.add(values_of(c));
  }
  rows_of_hour_.rewind();
  return all;
}

/// Adds the next hour that is over to its day and its season: a few milliseconds' work, so
/// one hour a commit.
/// @returns whether there was one.
bool rollup_writer::roll(timestamp now) {
  const auto end = hour_of(now) - lag_hours;
  const auto begin = load_mark();
  if (begin >= end) return false;
  const auto hour = cells_.next_hour(begin, end);
  if (!hour) {
    store_mark(end);
    return false;
  }
  std::map<rollup_key, rollup_values> sums;
  cells_.for_each_of_hour(*hour, [&](const rollup_key& k, const rollup_values& v) {
    for (const auto span : {rollup_span::day, rollup_span::season}) {
      auto coarse = k;
      coarse.span = span;
      coarse.bucket = bucket_of(span, *hour);
      sums[std::move(coarse)].add(v);
    }
  });
  for (auto& [key, sum] : sums) {
    if (const auto before = cells_.find(key)) sum.add(*before);
    cells_.save(key, sum);
  }
  store_mark(*hour + 1);
  return true;
}

/// What was cleaned up stays counted in its hours; all from the season on in which the rows are whole is made anew.
void rollup_writer::rebuild(timestamp now) {
  const auto first = std::max<std::int64_t>(first_whole_hour(db_), 0);
  const auto season = bucket_of(rollup_span::season, first);
  statement remove(db_, "DELETE FROM rollups WHERE grain = +?1 AND span = +?2 AND bucket >= ?3");
  for (int grain = 0; grain <= static_cast<int>(rollup_grain::all); ++grain) {
    remove.run(grain, static_cast<int>(rollup_span::hour), first);
    remove.run(grain, static_cast<int>(rollup_span::day), season * days_a_season);
    remove.run(grain, static_cast<int>(rollup_span::season), season);
  }
  store_mark(season * days_a_season * hours_a_day);
  statement rows(db_, contribution_query("WHERE start_time >= ?1 ORDER BY start_time"));
  rows.open(first * 3'600'000);
  changes all;
  constexpr std::size_t enough = 200'000;
  while (rows.next()) {
    row_reader row(rows);
    note(all, std::nullopt, read_contribution(row));
    if (all.size() < enough) continue;
    apply(all);
    all.clear();
  }
  apply(all);
  while (roll(now)) {
  }
}

void build_missing_rollups(SQLite::Database& db, timestamp now) {
  statement mark(db, "SELECT 1 FROM marks WHERE name = 'rolled_until'");
  mark.open();
  if (mark.next()) return;
  mark.rewind();
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  rollup_writer(db).rebuild(now);
  transaction.commit();
}

} // namespace tocsin::storage

#include "storage/rollup_range.hpp"

#include <algorithm>

namespace tocsin::storage {

namespace {

constexpr std::int64_t hours_a_season = hours_a_day * days_a_season;

std::int64_t round_up(std::int64_t a, std::int64_t b) {
  return bucket_of(rollup_span::hour, (a + b - 1) / b);
}

void add(std::vector<bucket_range>& out, rollup_span span, std::int64_t begin, std::int64_t end) {
  if (begin < end) out.push_back({span, begin, end});
}

} // namespace

std::vector<bucket_range> cover(std::int64_t since, std::int64_t rolled_until) {
  std::vector<bucket_range> out;
  // Nobody asks for what was before 1970, and clocks that are wrong by decades do not matter.
  since = std::max<std::int64_t>(since, 0);
  if (since < rolled_until) {
    const auto first_day = round_up(since, hours_a_day);
    add(out, rollup_span::hour, since, std::min(first_day * hours_a_day, rolled_until));
    // Days and seasons end with what is rolled, so the last of each may be used as it is.
    const auto end_of_days = round_up(rolled_until, hours_a_day);
    const auto first_season = round_up(first_day * hours_a_day, hours_a_season);
    add(out, rollup_span::day, first_day, std::min(first_season * days_a_season, end_of_days));
    add(out, rollup_span::season, first_season, round_up(rolled_until, hours_a_season));
  }
  add(out, rollup_span::hour, std::max(since, rolled_until), no_end);
  return out;
}

rollup_reader::rollup_reader(SQLite::Database& db)
    : db_(db), buckets_(db, "SELECT DISTINCT bucket FROM rollups WHERE grain = +?1 AND span = +?2 AND bucket >= ?3") {
  statement marks(db, "SELECT coalesce((SELECT value FROM marks WHERE name = 'rolled_until'), 0)");
  marks.open();
  marks.next();
  row_reader row(marks);
  rolled_until_ = row.number();
}

statement& rollup_reader::query(pick by, rollup_detail detail) {
  const auto known = queries_.find({by, detail});
  if (known != queries_.end()) return known->second;
  return queries_
      .try_emplace({by, detail}, db_,
                   "SELECT bucket, alert_name, service, severity, " + rollup_value_columns(detail) + " FROM rollups "
                       + cells_of(by))
      .first->second;
}

const char* rollup_reader::cells_of(pick by) {
  switch (by) {
    case pick::range: return "WHERE grain = +?1 AND span = +?2 AND bucket >= ?3 AND bucket < ?4";
    case pick::name: return "WHERE grain = +?1 AND span = +?2 AND bucket = ?3 AND alert_name = ?4";
    case pick::name_and_service:
      return "WHERE grain = +?1 AND span = +?2 AND bucket = ?3 AND alert_name = ?4 AND service = ?5";
    // The grain of names and services.
    case pick::service_in_hours:
      return "WHERE grain = 0 AND span = 0 AND bucket >= ?1 AND bucket < ?2 AND service = ?3";
    case pick::service:
      return "INDEXED BY rollups_by_service WHERE grain = 0 AND span > 0 AND span = +?1 AND bucket = ?2 "
             "AND service = ?3";
  }
  return "";
}

void rollup_reader::run(statement& query, rollup_detail detail, const visitor& visit) {
  while (query.next()) {
    row_reader row(query);
    cell c;
    c.bucket = row.number();
    c.alert_name = row.text();
    c.service = row.text();
    c.severity = static_cast<tocsin::severity>(row.number());
    c.values = read_values(row, detail);
    c.spreads = read_spreads(row, detail);
    visit(c);
  }
  query.rewind();
}

/// The hours from there on that hold something. Not counted up: one alert that begins in the year 9999 would make a
/// question last for minutes.
const std::vector<std::int64_t>& rollup_reader::filled_since(std::int64_t hour) {
  const auto [place, is_new] = filled_.try_emplace(hour);
  auto& found = place->second;
  if (!is_new) return found;
  buckets_.open(static_cast<int>(rollup_grain::all), static_cast<int>(rollup_span::hour), hour);
  while (buckets_.next()) found.push_back(row_reader(buckets_).number());
  buckets_.rewind();
  return found;
}

template <class Step>
void rollup_reader::for_each_bucket(const std::vector<bucket_range>& ranges, Step step) {
  for (const auto& r : ranges) {
    // Only hours have no end.
    if (r.end == no_end) {
      for (const auto hour : filled_since(r.begin)) step(rollup_span::hour, hour);
      continue;
    }
    // A few hundred at most; to read which of them hold something takes longer than to look.
    for (auto bucket = r.begin; bucket < r.end; ++bucket) step(r.span, bucket);
  }
}

void rollup_reader::visit(rollup_grain grain, const std::vector<bucket_range>& ranges, rollup_detail detail,
                          const visitor& visit) {
  auto& cells = query(pick::range, detail);
  for (const auto& r : ranges) {
    cells.open(static_cast<int>(grain), static_cast<int>(r.span), r.begin, r.end);
    run(cells, detail, visit);
  }
}

void rollup_reader::visit_name(rollup_grain grain, const std::vector<bucket_range>& ranges, std::string_view alert_name,
                               rollup_detail detail, const visitor& visit) {
  auto& cells = query(pick::name, detail);
  for_each_bucket(ranges, [&](rollup_span span, std::int64_t bucket) {
    cells.open(static_cast<int>(grain), static_cast<int>(span), bucket, alert_name);
    run(cells, detail, visit);
  });
}

void rollup_reader::visit_service(const std::vector<bucket_range>& ranges, std::string_view service,
                                  rollup_detail detail, const visitor& visit) {
  for (const auto& r : ranges) {
    if (r.span == rollup_span::hour) {
      auto& cells = query(pick::service_in_hours, detail);
      cells.open(r.begin, r.end, service);
      run(cells, detail, visit);
      continue;
    }
    auto& cells = query(pick::service, detail);
    for (auto bucket = r.begin; bucket < r.end; ++bucket) {
      cells.open(static_cast<int>(r.span), bucket, service);
      run(cells, detail, visit);
    }
  }
}

void rollup_reader::visit_one(rollup_grain grain, const std::vector<bucket_range>& ranges, std::string_view alert_name,
                              std::string_view service, rollup_detail detail, const visitor& visit) {
  auto& cells = query(pick::name_and_service, detail);
  for_each_bucket(ranges, [&](rollup_span span, std::int64_t bucket) {
    cells.open(static_cast<int>(grain), static_cast<int>(span), bucket, alert_name, service);
    run(cells, detail, visit);
  });
}

} // namespace tocsin::storage

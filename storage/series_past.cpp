#include "storage/series_past.hpp"

#include <algorithm>

#include "storage/rollup.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

namespace {

/// Alerts are seldom reported later than this after they began.
constexpr std::int64_t late_hours = 24;
/// What a series takes beside its texts and counts, about.
constexpr std::size_t series_bytes = 128;

std::size_t bytes_of(const series_name_view& series) {
  return series_bytes + series.first.size() + series.second.size();
}

std::span<const hour_count> within(std::span<const hour_count> all, std::int64_t begin, std::int64_t end) {
  const auto before = [](const hour_count& c, std::int64_t hour) { return c.hour < hour; };
  const auto from = std::lower_bound(all.begin(), all.end(), begin, before);
  return {from, std::lower_bound(from, all.end(), end, before)};
}

} // namespace

std::size_t series_hash::operator()(const series_name_view& n) const noexcept {
  constexpr std::size_t odd = 0x9e3779b97f4a7c15;
  const std::hash<std::string_view> hash;
  return hash(n.first) * odd + hash(n.second);
}

void for_each_count(SQLite::Database& db, std::int64_t begin, std::int64_t end,
                    const std::function<void(const series_name_view&, hour_count)>& visit) {
  statement query(db,
                  "SELECT bucket, alert_name, service, episodes FROM rollups "
                  "WHERE grain = +?1 AND span = +?2 AND bucket >= ?3 AND bucket < ?4 ORDER BY bucket");
  query.open(static_cast<int>(rollup_grain::name_and_service), static_cast<int>(rollup_span::hour), begin, end);
  while (query.next()) {
    row_reader row(query);
    hour_count c;
    c.hour = row.number();
    const auto name = row.text();
    const auto service = row.text();
    c.count = row.number();
    visit({name, service}, c);
  }
}

void series_past::catch_up(SQLite::Database& db, std::int64_t end) {
  if (end == end_) return;
  const bool goes_on = end > end_ && end - length_ <= end_ - late_hours;
  const auto from = goes_on ? end_ - late_hours : end - length_;
  keep(goes_on ? std::max(begin_, end - length_) : from, from);
  // Should the reading fail, the next one begins anew.
  end_ = begin_;
  read(db, std::max(begin_, from), end);
  end_ = end;
}

std::span<const hour_count> series_past::of(const series_name_view& series, std::int64_t begin,
                                            std::int64_t end) const {
  const auto found = counts_.find(series);
  if (found == counts_.end()) return {};
  return within(found->second, begin, end);
}

void series_past::read(SQLite::Database& db, std::int64_t begin, std::int64_t end) {
  for_each_count(db, begin, end, [this](const series_name_view& series, hour_count c) {
    if (c.hour < begin_) return;
    add(series, c);
    if (bytes_ <= most_bytes_) return;
    // A quarter at once, so that it is seldom.
    constexpr std::int64_t parts = 4;
    keep(begin_ + std::max<std::int64_t>(1, (c.hour - begin_) / parts), c.hour + 1);
  });
}

void series_past::add(const series_name_view& series, hour_count c) {
  auto found = counts_.find(series);
  if (found == counts_.end()) {
    found = counts_.try_emplace(series_name(series)).first;
    bytes_ += bytes_of(series);
  }
  auto& counts = found->second;
  if (!counts.empty() && counts.back().hour == c.hour) {
    counts.back().count += c.count;
    return;
  }
  counts.push_back(c);
  bytes_ += sizeof c;
}

void series_past::keep(std::int64_t begin, std::int64_t end) {
  begin_ = begin;
  bytes_ = 0;
  for (auto s = counts_.begin(); s != counts_.end();) {
    auto& counts = s->second;
    const auto kept = within(counts, begin, end);
    if (kept.empty()) {
      s = counts_.erase(s);
      continue;
    }
    counts.erase(counts.begin() + (kept.data() + kept.size() - counts.data()), counts.end());
    counts.erase(counts.begin(), counts.begin() + (kept.data() - counts.data()));
    bytes_ += bytes_of(s->first) + kept.size() * sizeof(hour_count);
    ++s;
  }
}

} // namespace tocsin::storage

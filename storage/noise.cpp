#include "storage/noise.hpp"

#include <algorithm>
#include <map>

#include "storage/rollup_sums.hpp"

namespace tocsin::storage {

namespace {

template <class Measure>
std::vector<noisy_alert> most_by(const std::vector<noisy_alert>& all, std::size_t limit, Measure measure) {
  std::vector<noisy_alert> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const auto& a) { return measure(a) > 0; });
  std::stable_sort(some.begin(), some.end(),
                   [&measure](const auto& a, const auto& b) { return measure(a) > measure(b); });
  if (some.size() > limit) some.resize(limit);
  return some;
}

std::vector<noisy_alert> all_of(SQLite::Database& db, const analytics_filter& filter) {
  rollup_reader reader(db);
  std::map<std::string, cell_sum, std::less<>> sums;
  visit_names(reader, ranges_since(reader, filter.since), filter, rollup_detail::all,
              [&sums](std::string_view name, const auto& c) {
                const auto known = sums.find(name);
                (known == sums.end() ? sums[std::string(name)] : known->second).add(c);
              });
  std::vector<noisy_alert> all;
  for (const auto& [name, sum] : sums) {
    auto values = sum.total();
    const auto brief = values.resolution.spread.count_up_to(brief_seconds);
    values.resolution.spread = {};
    values.acknowledgement.spread = {};
    all.push_back({name, std::move(values), brief});
  }
  return all;
}

} // namespace

noise_report read_noise(SQLite::Database& db, const analytics_filter& filter, std::size_t limit) {
  const auto all = all_of(db, filter);
  noise_report found;
  for (const auto& a : all) {
    found.total.add(a.values);
    found.brief += a.brief;
  }
  found.never_acknowledged = most_by(all, limit, [](const noisy_alert& a) { return a.values.unattended; });
  found.most_duplicated =
      most_by(all, limit, [](const noisy_alert& a) { return a.values.occurrences - a.values.episodes; });
  found.most_flapping = most_by(all, limit, [](const noisy_alert& a) { return a.values.reopened + a.brief; });
  found.most_notified = most_by(all, limit, [](const noisy_alert& a) { return a.values.notifications; });
  return found;
}

} // namespace tocsin::storage

#include "storage/rollup_sums.hpp"

#include <stdexcept>

namespace tocsin::storage {

namespace {

void add_spread(sketch_sum& sum, std::string_view encoded) {
  const auto added = sum.add(encoded);
  if (!added) throw std::runtime_error(added.error().message);
}

} // namespace

void cell_sum::add(const rollup_reader::cell& c) {
  values_.add(c.values);
  add_spread(resolution_, c.spreads.resolution);
  add_spread(acknowledgement_, c.spreads.acknowledgement);
}

rollup_values cell_sum::total() const {
  auto all = values_;
  all.resolution.spread = resolution_.total();
  all.acknowledgement.spread = acknowledgement_.total();
  return all;
}

std::vector<bucket_range> ranges_since(const rollup_reader& reader, timestamp since) {
  return cover(hour_of(since), reader.rolled_until());
}

std::vector<bucket_range> days_since(const rollup_reader& reader, timestamp since) {
  auto ranges = ranges_since(reader, since);
  for (auto& r : ranges) {
    if (r.span != rollup_span::season) continue;
    r = {rollup_span::day, r.begin * days_a_season, bucket_of(rollup_span::day, reader.rolled_until() - 1) + 1};
  }
  return ranges;
}

void visit_filtered(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& f,
                    rollup_detail detail, const rollup_reader::visitor& visit) {
  if (f.alert_name && f.service) {
    return reader.visit_one(rollup_grain::name_and_service, ranges, *f.alert_name, *f.service, detail, visit);
  }
  if (f.alert_name) return reader.visit_name(rollup_grain::name, ranges, *f.alert_name, detail, visit);
  if (f.service) return reader.visit_one(rollup_grain::service, ranges, {}, *f.service, detail, visit);
  reader.visit(rollup_grain::all, ranges, detail, visit);
}

by_severity severities_of(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& f) {
  std::map<severity, cell_sum> sums;
  visit_filtered(reader, ranges, f, rollup_detail::all, [&sums](const auto& c) { sums[c.severity].add(c); });
  by_severity found;
  for (const auto& [sev, sum] : sums) found.emplace(sev, sum.total());
  return found;
}

void visit_names(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& f,
                 rollup_detail detail, const named_visitor& visit) {
  if (f.alert_name) {
    return visit_filtered(reader, ranges, f, detail, [&](const auto& c) { visit(*f.alert_name, c); });
  }
  if (!f.service) {
    return reader.visit(rollup_grain::name, ranges, detail, [&](const auto& c) { visit(c.alert_name, c); });
  }
  reader.visit_service(ranges, *f.service, detail, [&](const auto& c) { visit(c.alert_name, c); });
}

void visit_services(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& f,
                    rollup_detail detail, const named_visitor& visit) {
  if (f.service) {
    return visit_filtered(reader, ranges, f, detail, [&](const auto& c) { visit(*f.service, c); });
  }
  const auto each = [&visit](const auto& c) { visit(c.service, c); };
  if (f.alert_name) return reader.visit_name(rollup_grain::name_and_service, ranges, *f.alert_name, detail, each);
  reader.visit(rollup_grain::service, ranges, detail, each);
}

by_name names_of(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& filter) {
  by_name names;
  visit_names(reader, ranges, filter, rollup_detail::sums, [&names](std::string_view name, const auto& c) {
    const auto known = names.find(name);
    (known == names.end() ? names[std::string(name)] : known->second).add(c.values);
  });
  return names;
}

} // namespace tocsin::storage

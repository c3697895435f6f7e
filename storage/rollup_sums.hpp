#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "storage/analytics.hpp"
#include "storage/rollup_range.hpp"

/// What the analytics have in common: cells of a range, picked by a filter and added up.
namespace tocsin::storage {

/// Adds up cells with their spreads.
class cell_sum {
 public:
  /// @throws std::runtime_error when a sketch cannot be read.
  void add(const rollup_reader::cell& c);
  rollup_values total() const;

 private:
  rollup_values values_;
  sketch_sum resolution_;
  sketch_sum acknowledgement_;
};

/// The stretches that hold what began in the hour of `since` or later.
std::vector<bucket_range> ranges_since(const rollup_reader& reader, timestamp since);
/// The same, from days and hours alone: of each cell it is known to which day it belongs.
std::vector<bucket_range> days_since(const rollup_reader& reader, timestamp since);

/// The cells that hold what the filter wants and nothing else, from the grain with the fewest.
void visit_filtered(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& filter,
                    rollup_detail detail, const rollup_reader::visitor& visit);

by_severity severities_of(rollup_reader& reader, const std::vector<bucket_range>& ranges,
                          const analytics_filter& filter);

/// Calls `visit` with each alert name (service) and each cell of it that the filter wants.
using named_visitor = std::function<void(std::string_view name, const rollup_reader::cell&)>;
void visit_names(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& filter,
                 rollup_detail detail, const named_visitor& visit);
void visit_services(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& filter,
                    rollup_detail detail, const named_visitor& visit);

/// Sums by alert name (service); without least, most and spreads.
using by_name = std::map<std::string, rollup_values, std::less<>>;
by_name names_of(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& filter);

} // namespace tocsin::storage

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/actors/world.hpp"

namespace tocsin::testing {

/// One alert as a webhook told it.
struct told_alert {
  label_set labels;
  bool firing = false;

  friend auto operator<=>(const told_alert&, const told_alert&) = default;
};

/// What one request told.
struct told {
  timestamp at;
  std::string url;
  std::string group_key;
  std::string reason;
  std::vector<told_alert> alerts;
};

/// Reads the body of a webhook; throws `std::runtime_error` for one that cannot be read.
told read_told(const world::sent& request);

/// What the channels, named by their URL, have been told and still believe.
class ledger {
 public:
  void note(const told& t);
  /// Nothing that this channel was told counts any more.
  void forget(const std::string& url) { believed_.erase(url); }

  /// When an alert was first told as firing, on whatever channel; unset when never.
  std::optional<timestamp> first_told(const label_set& labels) const;
  bool believes(const std::string& url, const label_set& labels) const;
  /// `url: labels` for each alert that some channel believes to fire, at most ten.
  std::vector<std::string> still_firing() const;

 private:
  std::map<std::string, std::set<label_set>> believed_;
  std::map<label_set, timestamp> first_;
};

/// For messages: `{alertname="X", instance="a"}`.
std::string to_text(const label_set& labels);

} // namespace tocsin::testing

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "protocols/alert.hpp"
#include "protocols/silence.hpp"

namespace tocsin::testing {

/// What fires and what is to be quiet, found out the plain way: everything is looked
/// through each time. The actors are held against it.
class noise_model {
 public:
  /// What a sender said last of an alert that fires.
  struct burning {
    timestamp until;
    /// When that was said of one that fired already; unset when it was not.
    std::optional<timestamp> repeated_at;
  };

  explicit noise_model(config::config_ptr config) : config_(std::move(config)) {}

  void configure(config::config_ptr config) { config_ = std::move(config); }
  void reported(timestamp now, const alert& a);
  void ended(const label_set& labels) { firing_.erase(labels); }
  void silenced(const silence& s) { silences_[s.id] = s; }
  void expired(const std::string& id) { silences_.erase(id); }

  const std::map<label_set, burning>& firing() const { return firing_; }
  const std::map<std::string, silence>& silences() const { return silences_; }
  const config::config& config() const { return *config_; }

  /// Why the alert must not be told by a group of that key; empty when it may be.
  /// A silence that ends with its alerts is left out: when that is depends on who asked.
  std::string quiet(const label_set& labels, timestamp at, const std::string& group_key) const;
  /// The routes that take the alert, the one that owns it first.
  std::vector<const config::route*> routes_of(const label_set& labels) const;

 private:
  std::string inhibited(const label_set& labels, timestamp at) const;
  bool muted_by_route(const label_set& labels, timestamp at, const std::string& group_key) const;

  config::config_ptr config_;
  std::map<label_set, burning> firing_;
  std::map<std::string, silence> silences_;
};

} // namespace tocsin::testing

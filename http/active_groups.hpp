#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "http/urgency.hpp"
#include "protocols/ids.hpp"
#include "storage/active_view.hpp"

/// Puts what fires together as people look at it: by route and group labels, what needs them first in front.
/// Pure: reads no clock and no database.
namespace tocsin::http {

/// The escalation step that an alert takes next.
struct coming_step {
  timestamp due{};
  const config::escalation_step* step = nullptr;
  /// What the alert counts as until then.
  severity before = severity::warning;
  /// The receiver of its own route.
  std::string_view own_receiver;
};

/// What that step does, `critical, tell on-call`.
std::string text_of(const coming_step& next);

/// One of a group's alerts.
struct ranked_alert {
  urgency how;
  episode_id id;
  std::optional<timestamp> next_escalation_at;

  friend bool operator<(const ranked_alert& a, const ranked_alert& b) {
    return a.how != b.how ? a.how < b.how : a.id < b.id;
  }
};

ranked_alert rank_of(const storage::active_standing& alert, std::optional<timestamp> next_escalation_at);
/// Puts an alert in its place among the most urgent ones, of which at most `most` are kept.
void note_ranked(std::vector<ranked_alert>& first, const ranked_alert& alert, std::size_t most);

/// The alerts that share a route and the values of its `group_by`.
struct active_group {
  std::size_t route = 0;
  label_set labels;
  /// The group that owns them; unset when it is the group of a further route, which only notifies.
  std::optional<group_id> owner;
  std::int64_t count = 0;
  std::int64_t suppressed = 0;
  std::int64_t acknowledged = 0;
  /// Neither the one nor the other.
  std::int64_t open = 0;
  /// Of the alerts that are not suppressed, and of all.
  std::optional<severity> loud;
  severity worst = severity::info;
  escalation_level level;
  timestamp oldest = timestamp::max();
  timestamp newest = timestamp::min();
  std::optional<coming_step> next;
  /// A few of those who acknowledged.
  std::vector<std::string> acknowledged_by;
  /// The most urgent ones, at most `most_shown`.
  std::vector<ranked_alert> shown;
  /// As many of its alerts as were asked for, in no order.
  std::vector<episode_id> ids;

  static constexpr std::size_t most_shown = 5;

  severity how_bad() const noexcept { return loud.value_or(worst); }
  group_position position() const;
};

/// All that was counted, each alert once.
struct active_summary {
  std::int64_t alerts = 0;
  /// By severity as it stands.
  std::int64_t critical = 0;
  std::int64_t warning = 0;
  std::int64_t info = 0;
  std::int64_t acknowledged = 0;
  std::int64_t suppressed = 0;
};

class active_groups {
 public:
  /// Keeps what it is given.
  /// @param most_ids of each group so many alerts are named.
  explicit active_groups(config::config_ptr config, std::size_t most_ids = 0);

  /// Takes an alert into its groups.
  void add(const storage::active_standing& alert);

  const active_summary& summary() const noexcept { return summary_; }
  std::size_t size() const noexcept { return groups_.size(); }

  /// Some of the groups, the most urgent first.
  struct page {
    std::vector<const active_group*> groups;
    /// There are others behind it.
    bool more = false;
  };
  /// @param behind where the page before ended.
  page page_behind(const std::optional<group_position>& behind, std::size_t limit) const;

 private:
  std::optional<coming_step> next_step(const storage::active_standing& alert, std::size_t own_route) const;
  active_group& group_of(std::size_t route, const label_set& alert_labels);

  struct key {
    std::size_t route = 0;
    label_set labels;
    friend bool operator==(const key&, const key&) = default;
  };
  struct key_hash {
    std::size_t operator()(const key& k) const noexcept { return k.labels.hash() + k.route; }
  };

  config::config_ptr config_;
  std::size_t most_ids_;
  /// By name.
  std::map<std::string_view, const config::escalation_policy*, std::less<>> policies_;
  std::vector<active_group> groups_;
  std::unordered_map<key, std::size_t, key_hash> known_;
  active_summary summary_;
  /// Kept for its memory.
  std::vector<std::size_t> routes_;
};

} // namespace tocsin::http

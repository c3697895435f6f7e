#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/alert_group_state.hpp"
#include "config/load.hpp"

/// What the tests of the actors share: short ways to say "at that time, this alert".
namespace tocsin::testing {

using namespace std::chrono_literals;

/// A fixed moment to count from: 2026-11-24T08:00:00Z.
inline constexpr timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 8h};

/// Loads a configuration, or fails the test with the reason.
config::config_ptr load(std::string_view yaml);

/// One receiver `ops` with one webhook, no escalation, everything else as built in.
inline constexpr std::string_view plain = R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
escalation: []
)";

/// An alert that fires from `began` on and is good for another hour.
alert firing(std::initializer_list<label_view> labels, timestamp began = start);
/// The same alert, ended.
alert ended(std::initializer_list<label_view> labels, timestamp at, timestamp began = start);

/// A group of the route that takes alerts with these labels, and what it did,
/// with a flush whenever one is due.
class group {
 public:
  explicit group(config::config_ptr config, std::initializer_list<label_view> example = {{"alertname", "X"}});

  /// What the suppressor would say of each alert from now on.
  void suppress(std::string_view alertname, std::string reason);

  group_effects ingest(timestamp now, std::vector<alert> alerts);
  /// Runs everything that falls due up to and including `now`.
  group_effects advance(timestamp now);
  act_result act(timestamp now, act_request request);
  group_effects report(timestamp now, notification_id id, bool delivered);

  /// All that was written so far, as a storage would give it back.
  recovered_state stored() const;
  /// A new group that takes the stored state back.
  group restarted(timestamp now) const;

  alert_group_state& state() { return *state_; }
  const episode& find(std::initializer_list<label_view> labels) const;
  /// Everything that was notified so far.
  std::vector<notification> notified;
  /// Everything that was recorded beside it.
  std::vector<episode_event> events;

 private:
  group(const group& other, timestamp now);
  group_effects settle(timestamp now, group_effects effects);
  void store(const write_batch& writes);

  config::config_ptr config_;
  std::shared_ptr<id_sources> ids_ = std::make_shared<id_sources>();
  std::unique_ptr<alert_group_state> state_;
  std::vector<std::pair<std::string, std::string>> suppressed_;
  recovered_state stored_;
};

} // namespace tocsin::testing

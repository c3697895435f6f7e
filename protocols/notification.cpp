#include "protocols/notification.hpp"

#include <algorithm>

namespace tocsin {

namespace {

/// What all alerts agree on in one of their label sets.
label_set shared_by_all(const std::vector<notified_alert>& alerts, label_set notified_alert::*member) {
  if (alerts.empty()) return {};
  std::vector<label_view> shared;
  for (auto label : alerts.front().*member) {
    const auto agreed = std::all_of(alerts.begin() + 1, alerts.end(), [&](const notified_alert& a) {
      const auto& labels = a.*member;
      return labels.get(label.name) == label.value && (!label.value.empty() || labels.contains(label.name));
    });
    if (agreed) shared.push_back(label);
  }
  return label_set::from(shared);
}

} // namespace

std::string_view to_string(notification_reason r) noexcept {
  switch (r) {
    case notification_reason::first_notification: return "first notification";
    case notification_reason::new_alerts_added: return "new alerts added";
    case notification_reason::some_alerts_resolved: return "some alerts resolved";
    case notification_reason::all_alerts_resolved: return "all alerts resolved";
    case notification_reason::repeat_interval_elapsed: return "repeat interval elapsed";
    case notification_reason::escalated: return "escalated";
    case notification_reason::flapping: return "flapping";
    case notification_reason::cascade: return "cascade";
    case notification_reason::fallback: return "another channel failed";
    case notification_reason::digest: return "rate limit reached";
    case notification_reason::acknowledged: return "acknowledged";
    case notification_reason::test: return "test message";
  }
  return "first notification";
}

notified_alert told_as(const episode& e) {
  return {e.id,          e.labels,    e.annotations,    e.generator_url,          e.state.current_severity,
          e.state.level, e.starts_at, e.state.ended_at, e.state.occurrence_count, e.state.acknowledged_by,
          false};
}

notification combined(const std::vector<const notification*>& parts) {
  auto all = *parts.front();
  if (parts.size() == 1) return all;
  all.reason = notification_reason::digest;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto& part = *parts[i];
    all.group_labels = label_set{};
    all.created_at = std::max(all.created_at, part.created_at);
    for (const auto& a : part.alerts) {
      const auto known =
          std::find_if(all.alerts.begin(), all.alerts.end(), [&a](const auto& x) { return x.id == a.id; });
      if (known == all.alerts.end()) {
        all.alerts.push_back(a);
      } else {
        *known = a;
      }
    }
    for (const auto& h : part.hints) {
      if (std::find(all.hints.begin(), all.hints.end(), h) == all.hints.end()) all.hints.push_back(h);
    }
  }
  std::stable_sort(all.alerts.begin(), all.alerts.end(), [](const auto& a, const auto& b) {
    return a.starts_at != b.starts_at ? a.starts_at < b.starts_at : a.labels < b.labels;
  });
  return all;
}

bool notification::firing() const noexcept {
  return std::any_of(alerts.begin(), alerts.end(), [](const auto& a) { return !a.resolved(); });
}

std::size_t notification::firing_count() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(alerts.begin(), alerts.end(), [](const auto& a) { return !a.resolved(); }));
}

severity notification::most_urgent() const noexcept {
  const auto only_firing = firing();
  auto worst = severity::info;
  for (const auto& a : alerts) {
    if (!only_firing || !a.resolved()) worst = more_urgent(worst, a.current_severity);
  }
  return worst;
}

escalation_level notification::highest_level() const noexcept {
  escalation_level highest;
  for (const auto& a : alerts) highest = std::max(highest, a.level);
  return highest;
}

std::string notification::alert_name() const {
  if (alerts.empty()) return {};
  const auto first = alerts.front().labels.get("alertname");
  const auto others =
      std::count_if(alerts.begin(), alerts.end(), [&](const auto& a) { return a.labels.get("alertname") != first; });
  std::string name(first);
  if (others > 0) name += " (+" + std::to_string(others) + " more)";
  return name;
}

label_set notification::common_labels() const {
  return shared_by_all(alerts, &notified_alert::labels);
}
label_set notification::common_annotations() const {
  return shared_by_all(alerts, &notified_alert::annotations);
}

} // namespace tocsin

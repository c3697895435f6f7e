#include "actors/suppressor_state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tocsin {

namespace {

suppression muted(std::string by, std::string why) {
  suppression s;
  s.what = suppression::kind::muted;
  s.by = std::move(by);
  s.why = std::move(why);
  return s;
}

} // namespace

suppressor_state::suppressor_state(config::config_ptr config, std::function<std::string()> new_id)
    : config_(std::move(config)), inhibition_(config_), silences_(config_->silences, std::move(new_id)) {}

void suppressor_state::configure(config::config_ptr config) {
  config_ = std::move(config);
  inhibition_ = inhibition(config_);
  silences_.configure(config_->silences);
}

bool suppressor_state::may_suppress_any() const noexcept {
  return silences_.in_force() > 0 || !config_->maintenance_windows.empty();
}

suppression_answer suppressor_state::answer(timestamp now, const suppression_question& question,
                                            silence_effects& effects) {
  const auto& routes = config_->routes.routes();
  const auto of_route = question.route < routes.size() ? by_time(now, routes[question.route]) : suppression{};
  suppression_answer answer;
  answer.alerts.reserve(question.alerts.size());
  for (const auto& labels : question.alerts) {
    auto why = inhibition_.reason(now, labels);
    if (!why) why = of_route;
    if (!why) why = by_maintenance(now, labels);
    if (!why) why = by_silence(now, labels, effects);
    answer.alerts.push_back(std::move(why));
  }
  return answer;
}

alert_standing suppressor_state::standing(timestamp now, const label_set& labels) {
  alert_standing found;
  if (auto why = inhibition_.reason(now, labels)) found.inhibited_by.push_back(std::move(why.by));
  for (const auto& window : config_->maintenance_windows) {
    if (all_match(window.matchers, labels) && any_contains(window.intervals, now))
      found.muted_by.push_back(window.name);
  }
  found.silenced_by = silences_.holding(now, labels);
  return found;
}

route_muting muting_of(const config::config& c, const config::route& route, timestamp now) {
  const auto holds = [&](const std::string& name) {
    const auto found = c.time_intervals.find(name);
    return found != c.time_intervals.end() && any_contains(found->second, now);
  };
  const auto& active = route.active_time_intervals;
  if (!active.empty() && std::none_of(active.begin(), active.end(), holds)) return {active, true};
  route_muting muting;
  const auto& mute = route.mute_time_intervals;
  std::copy_if(mute.begin(), mute.end(), std::back_inserter(muting.names), holds);
  return muting;
}

suppression suppressor_state::by_time(timestamp now, const config::route& route) const {
  const auto muting = muting_of(*config_, route, now);
  if (muting.names.empty()) return {};
  const auto& first = muting.names.front();
  if (!muting.outside) return muted(first, "muted by the time interval " + first);
  std::string wanted;
  for (const auto& name : muting.names) wanted += (wanted.empty() ? "" : ", ") + name;
  return muted(wanted, "muted outside of the time interval " + wanted);
}

suppression suppressor_state::by_maintenance(timestamp now, const label_set& labels) const {
  for (const auto& window : config_->maintenance_windows) {
    if (!all_match(window.matchers, labels) || !any_contains(window.intervals, now)) continue;
    return muted(window.name, "muted by the maintenance window " + window.name
                                  + (window.comment.empty() ? "" : ": " + window.comment));
  }
  return {};
}

suppression suppressor_state::by_silence(timestamp now, const label_set& labels, silence_effects& effects) {
  const auto* s = silences_.silencing(now, labels, effects);
  if (!s) return {};
  suppression why;
  why.what = suppression::kind::silenced;
  why.by = s->id;
  why.until = s->ends_at;
  why.why = "silenced by " + (s->created_by.empty() ? std::string("somebody") : s->created_by) + " until "
            + to_rfc3339(s->ends_at, time_precision::trimmed);
  if (!s->comment.empty()) why.why += ": " + s->comment;
  return why;
}

} // namespace tocsin

#include "actors/inhibition.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>

#include "protocols/label_values.hpp"

namespace tocsin {

namespace {

/// A cycle of rules is followed over so many alerts at most; beyond that the alert is told.
constexpr std::size_t most_followed = 1000;

suppression describe(const config::inhibit_rule& rule, const label_set& source) {
  suppression s;
  s.what = suppression::kind::inhibited;
  s.by = fingerprint_fnv(source);
  const auto name = source.get("alertname");
  s.cause = name.empty() ? std::string_view("an alert") : name;
  s.cause += " (" + s.by + ")";
  s.why = "inhibited by " + s.cause;
  if (!rule.name.empty()) s.why += ", rule " + rule.name;
  return s;
}

} // namespace

inhibition::inhibition(config::config_ptr config) : config_(std::move(config)), index_(config_->inhibit_rules.size()) {}

/// The values of the `equal` labels as one key.
const std::string& inhibition::key_of(const config::inhibit_rule& rule, const label_set& labels) {
  key_.clear();
  append_values(key_, rule.equal, labels);
  return key_;
}

void inhibition::observe(timestamp now, const inhibition_source& source) {
  config_->inhibition_sources.for_each_match(source.labels, [&](std::size_t i) {
    const auto& rule = config_->inhibit_rules[i];
    auto& buckets = index_[i];
    const auto& key = key_of(rule, source.labels);
    const auto both = all_match(rule.target, source.labels);
    if (source.fires_until > now) {
      auto& b = buckets[key];
      auto& known = (both ? b.both_sides : b.causes)[source.labels];
      // As long as the alert itself fires; its group says when it is over.
      if (keeps_end(known.until, known.derived, source.fires_until)) return true;
      known = {source.fires_until, source.derived};
      return true;
    }
    const auto found = buckets.find(key);
    if (found == buckets.end()) return true;
    auto& b = found->second;
    (both ? b.both_sides : b.causes).erase(source.labels);
    if (b.causes.empty() && b.both_sides.empty()) buckets.erase(found);
    return true;
  });
}

/// Forgets on its way what has ended. Returns whether to go on.
bool inhibition::visit_firing(timestamp now, const config::inhibit_rule& rule, firing& sources, const visitor& visit) {
  for (auto it = sources.begin(); it != sources.end();) {
    if (it->second.until <= now) {
      it = sources.erase(it);
      continue;
    }
    if (!visit(rule, it->first)) return false;
    ++it;
  }
  return true;
}

void inhibition::visit_inhibitors(timestamp now, const label_set& labels, const visitor& visit) {
  config_->inhibition_targets.for_each_match(labels, [&](std::size_t i) {
    const auto& rule = config_->inhibit_rules[i];
    auto& buckets = index_[i];
    const auto found = buckets.find(key_of(rule, labels));
    if (found == buckets.end()) return true;
    if (!visit_firing(now, rule, found->second.causes, visit)) return false;
    return all_match(rule.source, labels) || visit_firing(now, rule, found->second.both_sides, visit);
  });
}

bool inhibition::is_inhibited(timestamp now, const label_set& labels) {
  bool inhibited = false;
  visit_inhibitors(now, labels, [&](const auto&, const auto&) {
    inhibited = true;
    return false;
  });
  return inhibited;
}

suppression inhibition::reason(timestamp now, const label_set& labels) {
  suppression why;
  label_set source;
  visit_inhibitors(now, labels, [&](const config::inhibit_rule& rule, const label_set& by) {
    why = describe(rule, by);
    source = by;
    return false;
  });
  // Mostly the source is inhibited by nothing: then there is no cycle to look for.
  if (!why || !is_inhibited(now, source)) return why;
  return is_told_of_its_cycle(now, labels) ? suppression{} : why;
}

/// Follows what inhibits the alert, what inhibits that, and so on. If it ends at an
/// alert that nothing inhibits, that one is told. Otherwise all of it goes in
/// circles, and the most urgent alert of all those met is told.
bool inhibition::is_told_of_its_cycle(timestamp now, const label_set& labels) {
  std::unordered_set<label_set> met{labels};
  std::deque<label_set> open{labels};
  for (; !open.empty(); open.pop_front()) {
    bool ends = true;
    visit_inhibitors(now, open.front(), [&](const auto&, const label_set& by) {
      ends = false;
      if (met.insert(by).second) open.push_back(by);
      return met.size() <= most_followed;
    });
    if (ends) return false;
    if (met.size() > most_followed) return true;
  }
  const auto more_urgent_than = [this](const label_set& a, const label_set& b) {
    const auto left = config_->severity_of(a);
    const auto right = config_->severity_of(b);
    return left != right ? left < right : a < b;
  };
  return labels == *std::min_element(met.begin(), met.end(), more_urgent_than);
}

std::size_t inhibition::sources() const noexcept {
  std::size_t count = 0;
  for (const auto& buckets : index_) {
    for (const auto& [key, b] : buckets) count += b.causes.size() + b.both_sides.size();
  }
  return count;
}

} // namespace tocsin

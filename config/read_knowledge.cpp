// What is known about alerts: which belong together, and what helps with them.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

/// `alerts` as a matcher, `alertname=~"A|B"`, followed by `matchers`.
/// @param what needs them, for the complaint: `a hint`.
std::vector<matcher> read_alerts(const value& v, std::string_view what) {
  std::vector<matcher> all;
  std::string pattern;
  for (const auto& name : read_names(v["alerts"], "an alert name")) {
    pattern.append(pattern.empty() ? "" : "|").append(quote_regex(name));
  }
  if (!pattern.empty()) {
    auto made = matcher::make("alertname", match_op::regex, std::move(pattern));
    if (made) {
      all.push_back(*std::move(made));
    } else {
      v["alerts"].complain("expected alert names in UTF-8");
    }
  }
  for (auto& m : read_matchers(v["matchers"])) all.push_back(std::move(m));
  if (all.empty()) v.complain(std::string(what) + " needs alerts, matchers or both");
  return all;
}

// ---- correlation

/// A whole number of 1 or more.
std::size_t read_positive_count(const value& v, std::size_t fallback) {
  const auto count = read_count(v, fallback);
  if (v.is_set() && count == 0) v.expected("a whole number, 1 or more");
  return count;
}

void read_cascade(const value& v, const receiver_map& receivers, cluster& out) {
  if (!v.is_set() || !v.is_map()) return;
  constexpr std::array<std::string_view, 4> keys{"more_than", "severity", "raise_to", "receiver"};
  v.only({keys});
  if (!v["more_than"].is_set()) v.complain("a cascade needs more_than: how many active alerts are none yet");
  out.more_than = read_positive_count(v["more_than"], 0);
  out.counted = read_severity_word(v["severity"]).value_or(out.counted);
  out.raise_to = read_severity_word(v["raise_to"]).value_or(out.raise_to);
  if (out.raise_to > out.counted) {
    v["raise_to"].complain("a cascade raises alerts; expected " + std::string(to_string(out.counted))
                           + " or what is more urgent");
  }
  out.receiver = read_text(v["receiver"]);
  check_receiver(v["receiver"], out.receiver, receivers, unknown_receiver::is_an_error);
}

cluster read_cluster(const value& v, const receiver_map& receivers) {
  constexpr std::array<std::string_view, 5> keys{"name", "alerts", "matchers", "equal", "cascade"};
  v.only({keys});
  cluster out;
  out.name = read_text(v["name"]);
  if (out.name.empty()) v.complain("a cluster without a name; add name");
  out.matchers = read_alerts(v, "a cluster");
  out.equal = read_names(v["equal"], "a label name");
  read_cascade(v["cascade"], receivers, out);
  return out;
}

void read_temporal(const value& v, temporal_correlation& out) {
  if (!v.is_set() || !v.is_map()) return;
  constexpr std::array<std::string_view, 3> keys{"window", "min_occurrences", "min_score"};
  v.only({keys});
  out.window = read_duration(v["window"]).value_or(out.window);
  out.min_occurrences = read_positive_count(v["min_occurrences"], out.min_occurrences);
  out.min_score = read_share(v["min_score"], out.min_score);
}

// ---- hints

hint read_hint(const value& v) {
  constexpr std::array<std::string_view, 6> keys{"alerts", "matchers", "causes", "steps", "fixes", "dashboard"};
  v.only({keys});
  hint out;
  out.matchers = read_alerts(v, "a hint");
  out.what.causes = read_texts(v["causes"]);
  out.what.steps = read_texts(v["steps"]);
  out.what.fixes = read_texts(v["fixes"]);
  out.what.dashboard = read_optional_url(v["dashboard"]);
  const auto says_something = [&](const char* key) { return v[key].is_set(); };
  constexpr std::array<const char*, 4> said{"causes", "steps", "fixes", "dashboard"};
  if (std::none_of(said.begin(), said.end(), says_something)) {
    v.complain("a hint needs causes, steps, fixes or dashboard");
  }
  return out;
}

} // namespace

correlation_rules read_correlation(const value& v, const receiver_map& receivers) {
  correlation_rules rules;
  if (!v.is_set() || !v.is_map()) return rules;
  constexpr std::array<std::string_view, 2> keys{"clusters", "temporal"};
  v.only({keys});
  for (const auto& one : v["clusters"].maps()) {
    auto read = read_cluster(one, receivers);
    const auto same_name = [&](const cluster& c) { return c.name == read.name; };
    if (std::any_of(rules.clusters.begin(), rules.clusters.end(), same_name)) {
      one["name"].complain("the cluster name " + one["name"].quoted() + " is used twice; give each its own");
    }
    rules.clusters.push_back(std::move(read));
  }
  read_temporal(v["temporal"], rules.temporal);
  return rules;
}

std::vector<hint> read_hints(const value& v) {
  std::vector<hint> all;
  for (const auto& one : v.maps()) all.push_back(read_hint(one));
  return all;
}

} // namespace tocsin::config

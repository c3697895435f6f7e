// What happens beside routing: inhibition, escalation, and what holds by severity.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"
#include "config/severity_word.hpp"

namespace tocsin::config {

namespace {

constexpr std::string_view severity_words = "critical, warning or info";

// ---- inhibition

constexpr std::array<std::string_view, 9> inhibit_keys{"name",         "source_matchers", "target_matchers",
                                                       "equal",        "source_match",    "source_match_re",
                                                       "target_match", "target_match_re", "sources"};

std::vector<matcher> read_side(const value& v, const std::string& side) {
  auto all = read_match_map(v[side + "_match"], match_op::equal);
  for (auto&& list : {read_match_map(v[side + "_match_re"], match_op::regex), read_matchers(v[side + "_matchers"])}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

std::vector<std::string> read_equal(const value& v) {
  std::vector<std::string> labels;
  for (const auto& one : v.items()) {
    labels.push_back(read_text(one));
    if (labels.back().empty()) one.expected("a label name");
  }
  return labels;
}

/// Alertmanager's list of sources that must all be there; one alone is the same as `source_matchers` and `equal`.
void read_sources(const value& v, inhibit_rule& rule) {
  const auto sources = v["sources"].maps();
  if (sources.empty()) return;
  for (const auto key : {"source_match", "source_match_re", "source_matchers", "equal"}) {
    if (v[key].is_set()) v[key].complain("expected sources alone, without source_matchers and equal beside them");
  }
  if (sources.size() > 1) {
    v["sources"].complain("several sources that must all fire are not available in this version; write one");
  }
  constexpr std::array<std::string_view, 2> keys{"matchers", "equal"};
  sources.front().only({keys});
  rule.source = read_matchers(sources.front()["matchers"]);
  if (rule.source.empty()) sources.front().complain("a source needs matchers");
  rule.equal = read_equal(sources.front()["equal"]);
}

inhibit_rule read_inhibit_rule(const value& v) {
  v.only({inhibit_keys});
  inhibit_rule rule;
  rule.name = read_text(v["name"]);
  rule.source = read_side(v, "source");
  rule.target = read_side(v, "target");
  rule.equal = read_equal(v["equal"]);
  read_sources(v, rule);
  return rule;
}

// ---- escalation

/// Complains about a name that no schedule has, or makes it empty.
void check_schedule(const value& v, std::string& name, const on_call_rules& on_call, unknown_receiver unknown) {
  if (name.empty() || on_call.find_schedule(name)) return;
  if (unknown == unknown_receiver::is_an_error) {
    v.complain("the schedule " + v.quoted() + " is not defined; define it in on_call.schedules");
  }
  name.clear();
}

escalation_step read_step(const value& v, const receiver_map& receivers, const on_call_rules& on_call,
                          unknown_receiver unknown) {
  constexpr std::array<std::string_view, 4> keys{"after", "raise_to", "receiver", "oncall"};
  v.only({keys});
  escalation_step step;
  if (!v["after"].is_set()) v.complain("a step needs after: how long nobody has acknowledged");
  step.after = read_duration(v["after"]).value_or(duration::zero());
  step.raise_to = read_severity_word(v["raise_to"]);
  step.receiver = read_text(v["receiver"]);
  step.on_call = read_text(v["oncall"]);
  if (!v["raise_to"].is_set() && step.receiver.empty() && step.on_call.empty()) {
    v.complain("a step needs raise_to, receiver or oncall, or several of them");
  }
  check_receiver(v["receiver"], step.receiver, receivers, unknown);
  check_schedule(v["oncall"], step.on_call, on_call, unknown);
  return step;
}

escalation_policy read_policy(const value& v, std::size_t number, const receiver_map& receivers,
                              const on_call_rules& on_call, unknown_receiver unknown) {
  constexpr std::array<std::string_view, 3> keys{"name", "matchers", "steps"};
  v.only({keys});
  escalation_policy policy;
  policy.name = read_text(v["name"]);
  if (policy.name.empty()) policy.name = "policy-" + std::to_string(number);
  policy.matchers = read_matchers(v["matchers"]);
  if (!v["steps"].is_set()) v.complain("a policy needs steps; write steps: [] for alerts that are not escalated");
  for (const auto& step : v["steps"].maps()) policy.steps.push_back(read_step(step, receivers, on_call, unknown));
  return policy;
}

// ---- severity

void read_severity_names(const value& v, config& c) {
  for (const auto& [word, meaning] : v.entries()) {
    const auto read = read_severity_word(meaning);
    if (!meaning.is_set()) meaning.expected(severity_words);
    if (word.size() > severity_word::max_size) {
      meaning.complain("expected a word of at most " + std::to_string(severity_word::max_size) + " bytes");
    }
    const severity_word lower(word);
    if (parse_severity(lower.text())) meaning.complain("expected another word than critical, warning and info");
    if (read) c.severity_names.insert_or_assign(std::string(lower.text()), *read);
  }
}

void read_severity_defaults(const value& v, severity_defaults& out) {
  if (!v.is_set() || !v.is_map()) return;
  constexpr std::array<std::string_view, 4> keys{"window", "repeat_interval", "repeat_until_acknowledged",
                                                 "deduplication_window"};
  v.only({keys});
  out.window = read_duration(v["window"]).value_or(out.window);
  out.repeat_interval = read_positive_duration(v["repeat_interval"]).value_or(out.repeat_interval);
  out.repeat_until_acknowledged = read_flag(v["repeat_until_acknowledged"], out.repeat_until_acknowledged);
  out.deduplication_window = read_duration(v["deduplication_window"]).value_or(out.deduplication_window);
}

} // namespace

std::optional<severity> read_severity_word(const value& v) {
  const auto text = v.text();
  if (!text) return std::nullopt;
  const auto parsed = parse_severity(*text);
  if (!parsed) v.expected(severity_words);
  return parsed;
}

void check_receiver(const value& v, std::string& name, const receiver_map& receivers, unknown_receiver unknown) {
  if (name.empty() || receivers.contains(name)) return;
  if (unknown == unknown_receiver::is_an_error) {
    v.complain("the receiver " + v.quoted() + " is not defined; define it in receivers");
  }
  name.clear();
}

std::vector<inhibit_rule> read_inhibit_rules(const value& v) {
  std::vector<inhibit_rule> rules;
  for (const auto& one : v.maps()) rules.push_back(read_inhibit_rule(one));
  return rules;
}

std::vector<escalation_policy> read_escalation(const value& v, const receiver_map& receivers,
                                               const on_call_rules& on_call, unknown_receiver unknown) {
  std::vector<escalation_policy> policies;
  for (const auto& one : v.maps()) {
    auto policy = read_policy(one, policies.size() + 1, receivers, on_call, unknown);
    const auto same_name = [&](const escalation_policy& p) { return p.name == policy.name; };
    if (std::any_of(policies.begin(), policies.end(), same_name)) {
      one["name"].complain("the policy name \"" + std::string(one["name"].raw())
                           + "\" is used twice; give each policy its own");
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

void read_severity(const value& v, config& c) {
  if (!v.is_set() || !v.is_map()) return;
  constexpr std::array<std::string_view, 5> keys{"default", "names", "critical", "warning", "info"};
  v.only({keys});
  c.default_severity = read_severity_word(v["default"]).value_or(c.default_severity);
  read_severity_names(v["names"], c);
  for (const auto s : {severity::critical, severity::warning, severity::info}) {
    read_severity_defaults(v[to_string(s)], c.by_severity[static_cast<std::size_t>(s) - 1]);
  }
}

} // namespace tocsin::config

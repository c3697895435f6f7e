#include <optional>
#include <string>

#include "config/load.hpp"

namespace tocsin::config {

namespace {

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

std::string or_by_severity(const std::optional<duration>& d) {
  return d ? format_duration(*d) : "by severity";
}

std::string grouping(const route& r) {
  if (r.group_by_all) return "every label";
  if (r.group_by.empty()) return "nothing (one group)";
  std::string names;
  for (const auto& label : r.group_by) names.append(names.empty() ? "" : ", ").append(label);
  return names;
}

void add_routes(std::string& out, const route_tree& tree) {
  out.append(counted(tree.routes().size(), "route", "routes")).append("\n");
  for (const auto& r : tree.routes()) {
    out.append("  ").append(r.path).append(" -> ").append(r.receiver);
    out.append("; grouped by ").append(grouping(r));
    out.append("; wait ").append(or_by_severity(r.group_wait));
    out.append(", interval ").append(or_by_severity(r.group_interval));
    out.append(", repeat ").append(or_by_severity(r.repeat_interval));
    out.append(r.continues ? "; continues\n" : "\n");
  }
}

void add_receivers(std::string& out, const config& c) {
  out.append(counted(c.receivers.size(), "receiver", "receivers")).append("\n");
  for (const auto& [name, receiver] : c.receivers) {
    out.append("  ").append(name).append(": ");
    if (receiver.channels.empty()) out.append("no channel, its alerts are recorded only");
    for (const auto& channel : receiver.channels) {
      if (&channel != &receiver.channels.front()) out.append(", ");
      out.append(channel.kind());
      const auto recipients = channel.recipients();
      if (!recipients.empty()) out.append(" (").append(recipients).append(")");
    }
    out.append("\n");
  }
}

std::string in_words(const escalation_step& step) {
  std::string out = "after " + format_duration(step.after);
  if (step.raise_to) out.append(" raise to ").append(to_string(*step.raise_to));
  if (!step.receiver.empty()) out.append(step.raise_to ? " and tell " : " tell ").append(step.receiver);
  return out;
}

void add_escalation(std::string& out, const config& c) {
  out.append(counted(c.escalation.size(), "escalation policy", "escalation policies")).append("\n");
  for (const auto& policy : c.escalation) {
    out.append("  ").append(policy.name).append(" ").append(to_string(policy.matchers)).append(": ");
    if (policy.steps.empty()) out.append("never escalated");
    for (const auto& step : policy.steps) {
      if (&step != &policy.steps.front()) out.append(", then ");
      out.append(in_words(step));
    }
    out.append("\n");
  }
}

void add_inhibition(std::string& out, const config& c) {
  out.append(counted(c.inhibit_rules.size(), "inhibit rule", "inhibit rules")).append("\n");
  for (const auto& rule : c.inhibit_rules) {
    out.append("  ");
    if (!rule.name.empty()) out.append(rule.name).append(": ");
    out.append(to_string(rule.source)).append(" suppresses ").append(to_string(rule.target));
    std::string equal;
    for (const auto& label : rule.equal) equal.append(equal.empty() ? " with the same " : ", ").append(label);
    out.append(equal).append("\n");
  }
}

void add_severities(std::string& out, const config& c) {
  out.append("severities (default ").append(to_string(c.default_severity)).append(")\n");
  for (const auto s : {severity::critical, severity::warning, severity::info}) {
    const auto& held = c.defaults_for(s);
    out.append("  ").append(to_string(s)).append(": window ").append(format_duration(held.window));
    out.append(", repeat every ").append(format_duration(held.repeat_interval));
    out.append(held.repeat_until_acknowledged ? " until acknowledged\n" : "\n");
  }
}

} // namespace

std::string summary(const config& c) {
  std::string out = c.source.empty() ? "built-in configuration\n" : c.source + "\n";
  add_routes(out, c.routes);
  add_receivers(out, c);
  add_inhibition(out, c);
  add_escalation(out, c);
  add_severities(out, c);
  out.append("history kept ").append(c.retention == duration::zero() ? "for ever" : format_duration(c.retention));
  return out.append("\n");
}

} // namespace tocsin::config

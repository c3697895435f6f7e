#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace tocsin::config {

namespace {

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

std::string or_by_severity(const std::optional<duration>& d) {
  return d ? format_duration(*d) : "by severity";
}

std::string grouping(const route& r) {
  if (r.group_by_all) return "every label";
  if (r.group_by.empty()) return "nothing (one group)";
  return joined(r.group_by);
}

void add_routes(std::string& out, const route_tree& tree) {
  out.append(counted(tree.routes().size(), "route", "routes")).append("\n");
  for (const auto& r : tree.routes()) {
    out.append("  ").append(r.path).append(" -> ").append(r.receiver);
    out.append("; grouped by ").append(grouping(r));
    out.append("; wait ").append(or_by_severity(r.group_wait));
    out.append(", interval ").append(or_by_severity(r.group_interval));
    out.append(", repeat ").append(or_by_severity(r.repeat_interval));
    if (!r.mute_time_intervals.empty()) out.append("; muted in ").append(joined(r.mute_time_intervals));
    if (!r.active_time_intervals.empty()) out.append("; active in ").append(joined(r.active_time_intervals));
    for (const auto [name, text] : r.labels) out.append("; label ").append(name).append("=").append(text);
    out.append(r.continues ? "; continues\n" : "\n");
  }
}

/// `critical, warning`
std::string severities_of(const channel& c) {
  std::vector<std::string> taken;
  for (const auto s : {severity::critical, severity::warning, severity::info}) {
    if (c.takes(s)) taken.emplace_back(to_string(s));
  }
  return joined(taken);
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
      if (channel.kind() == "sms") out.append(" of ").append(severities_of(channel));
    }
    if (!receiver.left_out.empty()) out.append("; left out ").append(joined(receiver.left_out));
    if (!receiver.fallback.empty()) out.append("; where that fails ").append(receiver.fallback);
    out.append("\n");
  }
}

std::string in_words(const escalation_step& step) {
  std::string out = "after " + format_duration(step.after);
  if (step.raise_to) out.append(" raise to ").append(to_string(*step.raise_to));
  if (!step.on_call.empty())
    out.append(step.raise_to ? " and tell " : " tell ").append("whoever is on call for ").append(step.on_call);
  if (!step.receiver.empty()) {
    out.append(step.raise_to || !step.on_call.empty() ? " and tell " : " tell ").append(step.receiver);
  }
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
    if (!rule.equal.empty()) out.append(" with the same ").append(joined(rule.equal));
    out.append("\n");
  }
}

void add_severities(std::string& out, const config& c) {
  out.append("severities (default ").append(to_string(c.default_severity)).append(")\n");
  for (const auto s : {severity::critical, severity::warning, severity::info}) {
    const auto& held = c.defaults_for(s);
    out.append("  ").append(to_string(s)).append(": window ").append(format_duration(held.window));
    out.append(", repeat every ").append(format_duration(held.repeat_interval));
    if (held.repeat_until_acknowledged) out.append(" until acknowledged");
    out.append(", the same alert again within ").append(format_duration(held.deduplication_window)).append("\n");
  }
}

void add_calendar(std::string& out, const config& c) {
  if (!c.time_intervals.empty()) {
    out.append(counted(c.time_intervals.size(), "time interval: ", "time intervals: "));
    for (const auto& [name, ignored] : c.time_intervals) {
      out.append(name == c.time_intervals.begin()->first ? "" : ", ").append(name);
    }
    out.append("\n");
  }
  if (c.maintenance_windows.empty()) return;
  out.append(counted(c.maintenance_windows.size(), "maintenance window", "maintenance windows")).append("\n");
  for (const auto& w : c.maintenance_windows) {
    out.append("  ").append(w.name).append(" mutes ").append(to_string(w.matchers)).append("\n");
  }
}

void add_noise(std::string& out, const config& c) {
  if (!c.deduplication.labels.empty()) {
    out.append("one alert for equal values of ").append(joined(c.deduplication.labels)).append("\n");
  }
  if (c.flapping.changes == 0) {
    out.append("flapping not watched\n");
  } else {
    out.append("flapping after more than ").append(counted(c.flapping.changes, "change", "changes"));
    out.append(" in ").append(format_duration(c.flapping.window));
    out.append(", calm after ").append(format_duration(c.flapping.calm)).append("\n");
  }
  out.append("silences ");
  if (c.silences.max_breadth > 0) {
    out.append("of more than ").append(counted(c.silences.max_breadth, "alert", "alerts"));
    out.append(" need to be confirmed, ");
  }
  out.append("kept ").append(format_duration(c.silences.retention)).append(" after their end\n");
}

void add_clusters(std::string& out, const config& c) {
  const auto& rules = c.correlation;
  if (!rules.clusters.empty()) out.append(counted(rules.clusters.size(), "cluster", "clusters")).append("\n");
  for (const auto& one : rules.clusters) {
    out.append("  ").append(one.name).append(" ").append(to_string(one.matchers));
    if (!one.equal.empty()) out.append(" with the same ").append(joined(one.equal));
    if (one.more_than > 0) {
      out.append(": more than ").append(std::to_string(one.more_than)).append(" of ").append(to_string(one.counted));
      out.append(" raise to ").append(to_string(one.raise_to));
      if (!one.receiver.empty()) out.append(" and tell ").append(one.receiver);
    }
    out.append("\n");
  }
  const auto& temporal = rules.temporal;
  if (temporal.window == duration::zero()) {
    out.append("alerts that come together not looked for\n");
    return;
  }
  out.append("alerts that come together looked for within ").append(format_duration(temporal.window)).append("\n");
}

void add_on_call(std::string& out, const config& c) {
  if (c.on_call.schedules.empty()) return;
  out.append(counted(c.on_call.schedules.size(), "on-call schedule", "on-call schedules")).append("\n");
  for (const auto& s : c.on_call.schedules) {
    out.append("  ").append(s.name).append(" (").append(s.time_zone.empty() ? "UTC" : s.time_zone).append("): ");
    for (const auto& layer : s.layers) {
      if (&layer != &s.layers.front()) out.append(", over that ");
      out.append(layer.name).append(" ").append(layer.people.empty() ? "nobody" : joined(layer.people));
      out.append(" by turns of ").append(format_duration(layer.shift));
      if (!layer.restriction.empty()) out.append(" at restricted times");
    }
    out.append("\n");
  }
}

void add_drills(std::string& out, const config& c) {
  if (c.drills.empty()) return;
  out.append(counted(c.drills.size(), "fire drill", "fire drills")).append("\n");
  for (const auto& d : c.drills) {
    out.append("  ").append(d.what.receiver).append(" every ").append(format_duration(d.every));
    if (d.offset > duration::zero()) out.append(" (").append(format_duration(d.offset)).append(" later)");
    out.append(", to arrive within ").append(format_duration(d.what.within)).append("\n");
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
  add_calendar(out, c);
  add_noise(out, c);
  add_clusters(out, c);
  if (c.template_files > 0) out.append(counted(c.template_files, "file", "files")).append(" of templates\n");
  for (const auto& warning : c.warnings) out.append("warning: ").append(warning).append("\n");
  add_on_call(out, c);
  add_drills(out, c);
  if (!c.hints.empty()) out.append(counted(c.hints.size(), "hint", "hints")).append("\n");
  out.append("history kept ").append(c.retention == duration::zero() ? "for ever" : format_duration(c.retention));
  return out.append("\n");
}

} // namespace tocsin::config

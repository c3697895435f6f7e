#include "protocols/templates/sample.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "protocols/json_tree.hpp"
#include "protocols/templates/value.hpp"

namespace tocsin::templates {

namespace {

namespace dom = simdjson::dom;
using namespace std::chrono_literals;

constexpr timestamp sample_time = std::chrono::sys_days{std::chrono::year{2026} / 3 / 14} + 9h + 26min;

notified_alert full_disk(std::int64_t id, std::string_view instance, std::string_view severity_word) {
  notified_alert a;
  a.id = episode_id{id};
  a.labels = label_set::of({{"alertname", "DiskAlmostFull"},
                            {"instance", instance},
                            {"job", "node"},
                            {"service", "orders"},
                            {"severity", severity_word}});
  const auto summary = "The disk of " + std::string(instance) + " is almost full";
  a.annotations = label_set::of({{"description", "At this rate it is full in less than 4 hours."},
                                 {"runbook_url", "https://runbooks.example.org/disk"},
                                 {"summary", summary}});
  a.generator_url = "http://prometheus.example.org:9090/graph?g0.expr=disk_free_ratio+%3C+0.1&g0.tab=1";
  a.current_severity = parse_severity(severity_word).value_or(severity::warning);
  a.starts_at = sample_time - 30min;
  return a;
}

std::string member_text(dom::object o, const char* key, const std::string& at) {
  dom::element found;
  if (o[key].get(found) != simdjson::SUCCESS || found.is_null()) return {};
  return json_string(found, at + key);
}

label_set member_labels(dom::object o, const char* key, const std::string& at) {
  dom::element found;
  if (o[key].get(found) != simdjson::SUCCESS || found.is_null()) return {};
  const auto place = at + key;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto [name, value] : json_object(found, place)) {
    pairs.emplace_back(name, json_string(value, place + "." + std::string(name)));
  }
  std::vector<label_view> views;
  for (const auto& [name, value] : pairs) views.push_back({name, value});
  return label_set::from(views);
}

std::optional<timestamp> member_time(dom::object o, const char* key, const std::string& at) {
  const auto text = member_text(o, key, at);
  if (text.empty()) return std::nullopt;
  const auto read = parse_rfc3339(text);
  if (!read) throw json_fault(at + key + ": " + read.error().message);
  // Go writes the year 1 for a time that is not set.
  return *read && **read > go_zero_time ? *read : std::nullopt;
}

notified_alert alert_from(dom::element value, const std::string& at, const std::string& group_status, timestamp now) {
  const auto o = json_object(value, at);
  const auto in = at + ".";
  notified_alert a;
  a.labels = member_labels(o, "labels", in);
  a.annotations = member_labels(o, "annotations", in);
  a.generator_url = member_text(o, "generatorURL", in);
  a.current_severity = parse_severity(a.labels.get("severity")).value_or(severity::warning);
  a.starts_at = member_time(o, "startsAt", in).value_or(now);
  const auto own = member_text(o, "status", in);
  const auto& status = own.empty() ? group_status : own;
  if (status != "firing" && status != "resolved" && !status.empty()) {
    throw json_fault(in + "status: expected firing or resolved, found \"" + status + "\"");
  }
  if (status == "resolved") a.ended_at = member_time(o, "endsAt", in).value_or(now);
  return a;
}

notification notification_from(dom::object root) {
  notification n;
  n.id = notification_id{1};
  n.receiver = member_text(root, "receiver", "");
  n.group_key = member_text(root, "groupKey", "");
  n.group_labels = member_labels(root, "groupLabels", "");
  n.route_labels = member_labels(root, "routeLabels", "");
  n.created_at = sample_time;
  const auto status = member_text(root, "status", "");
  dom::element alerts;
  if (root["alerts"].get(alerts) != simdjson::SUCCESS) throw json_fault("alerts: expected an array, found none");
  std::int64_t number = 0;
  for (const auto one : json_array(alerts, "alerts")) {
    auto a = alert_from(one, "alerts[" + std::to_string(number) + "]", status, n.created_at);
    a.id = episode_id{++number};
    n.alerts.push_back(std::move(a));
  }
  for (const auto& a : n.alerts) n.created_at = std::max({n.created_at, a.starts_at, a.ended_at.value_or(a.starts_at)});
  if (!n.firing()) n.reason = notification_reason::all_alerts_resolved;
  return n;
}

} // namespace

sample built_in_sample() {
  notification n;
  n.id = notification_id{1};
  n.group_key = R"({}:{alertname="DiskAlmostFull", service="orders"})";
  n.receiver = "sample";
  n.channel = "sample/slack/0";
  n.reason = notification_reason::new_alerts_added;
  n.group_labels = label_set::of({{"alertname", "DiskAlmostFull"}, {"service", "orders"}});
  n.alerts = {full_disk(101, "db1:9100", "critical"), full_disk(102, "db2:9100", "warning"),
              full_disk(103, "db3:9100", "warning")};
  n.alerts[0].level = escalation_level{2};
  n.alerts[0].occurrence_count = 4;
  n.alerts[2].ended_at = sample_time - 5min;
  n.created_at = sample_time;
  return {std::move(n), "http://tocsin.example.org:9095"};
}

result<sample> read_sample(std::string_view json) {
  try {
    dom::parser parser;
    const auto root = json_object(json_root(parser, json), "");
    auto external_url = member_text(root, "externalURL", "");
    while (external_url.ends_with('/')) external_url.pop_back();
    return sample{notification_from(root), std::move(external_url)};
  } catch (const json_fault& e) {
    return fail(e.what());
  }
}

} // namespace tocsin::templates

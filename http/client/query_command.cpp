#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "http/client/command_parts.hpp"
#include "http/client/commands.hpp"
#include "http/client/json_access.hpp"
#include "protocols/label_set.hpp"

namespace tocsin::http {

namespace {

/// The most that the history gives at once.
constexpr std::int64_t page_size = 10000;
constexpr std::int64_t longest_days = 365;

/// What the history knows of an alert.
struct known_alert {
  std::int64_t id = 0;
  std::string severity;
  std::string status;
};

/// By fingerprint, as the history has it.
using known_alerts = std::map<std::string, known_alert>;

label_set labels_of(simdjson::dom::element alert) {
  std::vector<label_view> labels;
  simdjson::dom::object members;
  if (alert["labels"].get(members) != simdjson::SUCCESS) return {};
  for (const auto member : members) {
    std::string_view value;
    if (member.value.get(value) == simdjson::SUCCESS) labels.push_back({member.key, value});
  }
  return label_set::from(labels);
}

/// The labels that have no column of their own.
std::string other_labels(const label_set& labels) {
  std::string out;
  for (const auto [name, value] : labels) {
    if (name == "alertname" || name == "severity") continue;
    out.append(out.empty() ? "" : " ").append(name).append("=").append(value);
  }
  return out;
}

std::string_view summary_of(simdjson::dom::element alert) {
  simdjson::dom::element annotations;
  if (alert["annotations"].get(annotations) != simdjson::SUCCESS) return {};
  const auto summary = text_of(annotations, "summary");
  return summary.empty() ? text_of(annotations, "description") : summary;
}

/// To the second: `2026-11-24T05:35:48Z`.
std::string moment(std::string_view rfc3339) {
  const auto point = rfc3339.find('.');
  return point == std::string_view::npos ? std::string(rfc3339) : std::string(rfc3339.substr(0, point)) + "Z";
}

tone tone_of_status(std::string_view status) noexcept {
  if (status == "firing" || status == "escalated") return tone::bad;
  return status == "acknowledged" ? tone::good : tone::faint;
}

table alert_table() {
  return table({"id", "alert_name", "severity", "status", "since", "labels", "summary"});
}

std::vector<cell> row_of(simdjson::dom::element alert, const label_set& labels, const known_alert& known,
                         std::string_view since) {
  return {{known.id > 0 ? std::to_string(known.id) : "-"},
          {std::string(labels.get("alertname"))},
          {known.severity, tone_of_severity(known.severity)},
          {known.status, tone_of_status(known.status)},
          {moment(since)},
          {other_labels(labels)},
          {std::string(summary_of(alert))}};
}

/// Only this alert's rows need to be asked for.
std::string name_filter(const std::vector<matcher>& matchers) {
  for (const auto& m : matchers) {
    if (m.name() == "alertname" && m.op() == match_op::equal && !m.value().empty()) {
      return "&alert_name=" + percent_encoded(m.value());
    }
  }
  return {};
}

/// Hands each row of the history that `query` asks for to `visit`.
/// @returns what went wrong.
template <class Visit>
std::optional<failure> walk_history(api_client& client, const std::string& query, Visit visit) {
  for (std::int64_t offset = 0;; offset += page_size) {
    const auto body = client.get("/api/alerts/history?limit=" + std::to_string(page_size)
                                 + "&offset=" + std::to_string(offset) + query);
    if (!body) return body.error();
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(*body).get(root) != simdjson::SUCCESS) return failure{client.name() + ": its answer is no JSON"};
    for_each_of(root, "data", visit);
    if (number_of(root, "count") < page_size) return std::nullopt;
  }
}

/// Alertmanager's list has no ids: what is open in the history has them.
result<known_alerts> open_alerts(api_client& client, const std::string& filter) {
  known_alerts known;
  for (const std::string status : {"firing", "escalated", "acknowledged", "suppressed"}) {
    const auto wrong = walk_history(client, "&days=" + std::to_string(longest_days) + "&status=" + status + filter,
                                    [&known](simdjson::dom::element row) {
                                      known[std::string(text_of(row, "fingerprint"))] = {
                                          number_of(row, "id"), std::string(text_of(row, "severity")),
                                          std::string(text_of(row, "status"))};
                                    });
    if (wrong) return tl::unexpected(*wrong);
  }
  return known;
}

/// Of those that fire: which of them were asked for; all when nothing was said.
bool is_asked_for(simdjson::dom::element alert, const config::client_order& order) {
  if (!order.active && !order.silenced && !order.inhibited) return true;
  simdjson::dom::element status;
  if (alert["status"].get(status) != simdjson::SUCCESS) return false;
  const auto any_of = [&status](std::string_view key) {
    bool any = false;
    for_each_of(status, key, [&any](simdjson::dom::element) { any = true; });
    return any;
  };
  return (order.active && text_of(status, "state") == "active") || (order.silenced && any_of("silencedBy"))
         || (order.inhibited && any_of("inhibitedBy"));
}

result<table> firing(api_client& client, const config::client_order& order, const std::vector<matcher>& matchers) {
  std::string query;
  for (const auto& m : matchers) {
    query.append(query.empty() ? "?filter=" : "&filter=").append(percent_encoded(m.to_string()));
  }
  const auto body = client.get("/api/v2/alerts" + query);
  if (!body) return tl::unexpected(body.error());
  simdjson::dom::parser parser;
  simdjson::dom::array alerts;
  if (parser.parse(*body).get(alerts) != simdjson::SUCCESS) return fail(client.name() + ": its answer is no list");
  auto rows = alert_table();
  if (alerts.begin() == alerts.end()) return rows;
  const auto known = open_alerts(client, name_filter(matchers));
  if (!known) return tl::unexpected(known.error());
  for (const auto alert : alerts) {
    if (!is_asked_for(alert, order)) continue;
    const auto labels = labels_of(alert);
    const auto at = known->find(fingerprint_md5(labels));
    simdjson::dom::element status;
    const auto state = alert["status"].get(status) == simdjson::SUCCESS ? text_of(status, "state") : std::string_view{};
    const auto what =
        at != known->end() ? at->second : known_alert{0, std::string(labels.get("severity")), std::string(state)};
    const auto id = what.id > 0 ? std::to_string(what.id) : "null";
    rows.add(row_of(alert, labels, what, text_of(alert, "startsAt")),
             "{\"id\":" + id + "," + std::string(simdjson::minify(alert)).substr(1));
  }
  return rows;
}

result<table> of_history(api_client& client, const config::client_order& order, const std::vector<matcher>& matchers) {
  auto rows = alert_table();
  const auto wrong = walk_history(
      client, "&days=" + std::to_string(order.days) + name_filter(matchers), [&](simdjson::dom::element row) {
        const auto labels = labels_of(row);
        if (!all_match(matchers, labels)) return;
        const known_alert known{number_of(row, "id"), std::string(text_of(row, "severity")),
                                std::string(text_of(row, "status"))};
        rows.add(row_of(row, labels, known, text_of(row, "start_time")), simdjson::minify(row));
      });
  if (wrong) return tl::unexpected(*wrong);
  return rows;
}

} // namespace

storage::command_outcome query_alerts(const config::client_order& order, const console_style& style) {
  const auto matchers = read_matchers(order.words);
  if (!matchers) return asked_wrongly(matchers.error().message);
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  const auto rows = order.history ? of_history(*client, order, *matchers) : firing(*client, order, *matchers);
  if (!rows) return could_not(rows.error().message);
  return found(*rows, order, style, "no alerts match");
}

} // namespace tocsin::http

#include "http/analytics_handler.hpp"

#include <httplib.h>

#include "http/analytics_json.hpp"
#include "http/analytics_range.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

namespace {

using storage::alert_order;
using storage::rollup_span;

constexpr std::int64_t most_top_alerts = 100;

std::optional<alert_order> parse_order(std::string_view text) {
  if (text == "count") return alert_order::count;
  if (text == "resolution_time") return alert_order::resolution_time;
  if (text == "escalation_level") return alert_order::escalation_level;
  return std::nullopt;
}

std::optional<rollup_span> parse_granularity(std::string_view text) {
  if (text == "day") return rollup_span::day;
  if (text == "hour") return rollup_span::hour;
  return std::nullopt;
}

} // namespace

void get_statistics(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = days_of(p, 7);
  const storage::analytics_filter filter{p.text("alert_name"), std::nullopt, range_start(s, days)};
  if (p.error()) return answer_problem(response, *p.error());
  const auto found = s.history.statistics(filter);
  answer_json(response, 200, one_body([&](json_writer& w) { write_statistics(w, found, days); }));
}

void get_top_alerts(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto limit = p.integer("limit", 10, 1, most_top_alerts);
  const auto days = days_of(p, 7);
  const auto order = p.word("order_by", parse_order, "count, resolution_time or escalation_level");
  if (p.error()) return answer_problem(response, *p.error());
  const auto found = s.history.top_alerts({std::nullopt, std::nullopt, range_start(s, days)},
                                          order.value_or(alert_order::count), static_cast<std::size_t>(limit));
  answer_json(response, 200, list_body(found.size(), [&](json_writer& w) {
                for (const auto& a : found) write_top_alert(w, a);
              }));
}

void get_trends(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = days_of(p, 30);
  const auto span = p.word("granularity", parse_granularity, "day or hour").value_or(rollup_span::day);
  const storage::analytics_filter filter{p.text("alert_name"), std::nullopt, range_start(s, days)};
  if (p.error()) return answer_problem(response, *p.error());
  const auto found = s.history.trends(filter, span);
  answer_json(response, 200, list_body(found.size(), [&](json_writer& w) {
                for (const auto& point : found) write_trend_point(w, point, span);
              }));
}

void get_service_health(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto service = request.matches[1].str();
  params p(request);
  const auto days = days_of(p, 7);
  if (p.error()) return answer_problem(response, *p.error());
  if (const auto wrong = check_service(service)) return answer_problem(response, *wrong);
  const auto found = s.history.statistics({std::nullopt, service, range_start(s, days)});
  answer_json(response, 200, one_body([&](json_writer& w) { write_health(w, service, days, found.severities); }));
}

} // namespace tocsin::http

#include "http/report_handler.hpp"

#include <httplib.h>

#include "http/analytics_json.hpp"
#include "http/analytics_range.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"
#include "http/report_json.hpp"

namespace tocsin::http {

namespace {

constexpr std::size_t report_top_alerts = 10;
constexpr std::int64_t longest_list = 100;

} // namespace

void get_daily_report(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = days_of(p, 1);
  const storage::analytics_filter filter{std::nullopt, p.text("service"), range_start(s, days)};
  if (p.error()) return answer_problem(response, *p.error());
  const auto found = s.history.report(filter, report_top_alerts);
  answer_json(response, 200, one_body([&](json_writer& w) {
                w.begin_object()
                    .member("report_date", to_rfc3339(s.core.options().time.now()).substr(0, 10))
                    .member("days", days);
                w.key("statistics");
                write_statistics(w, found.counted, days);
                w.key("top_alerts").begin_array();
                for (const auto& a : found.top_alerts) write_top_alert(w, a);
                w.end_array().key("service_health").begin_array();
                for (const auto& [service, severities] : found.services) write_health(w, service, days, severities);
                w.end_array().end_object();
              }));
}

void get_sla_report(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = days_of(p, 30);
  const auto limit = p.integer("limit", 10, 1, longest_list);
  const storage::analytics_filter filter{p.text("alert_name"), p.text("service"), range_start(s, days)};
  if (p.error()) return answer_problem(response, *p.error());
  const auto found = s.history.service_levels(filter, static_cast<std::size_t>(limit));
  answer_json(response, 200, one_body([&](json_writer& w) { write_sla_report(w, found, days); }));
}

void get_noise_report(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = days_of(p, 30);
  const auto limit = p.integer("limit", 10, 1, longest_list);
  const storage::analytics_filter filter{p.text("alert_name"), p.text("service"), range_start(s, days)};
  if (p.error()) return answer_problem(response, *p.error());
  const auto found = s.history.noise(filter, static_cast<std::size_t>(limit));
  answer_json(response, 200, one_body([&](json_writer& w) { write_noise_report(w, found, days); }));
}

} // namespace tocsin::http

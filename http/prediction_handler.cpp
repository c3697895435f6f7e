#include "http/prediction_handler.hpp"

#include <httplib.h>

#include "http/answer.hpp"
#include "http/params.hpp"
#include "http/prediction_json.hpp"

namespace tocsin::http {

namespace {

constexpr std::int64_t most_anomalies = 100;
constexpr std::int64_t longest_forecast_hours = 168;
constexpr double fewest_false_alarms = 0.001;
constexpr double most_false_alarms = 100;

} // namespace

void get_anomalies(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  storage::anomaly_question q;
  q.now = s.core.options().time.now();
  q.hours = p.integer("hours", q.hours, 1, storage::longest_window_hours);
  q.service = p.text("service");
  q.alert_name = p.text("alert_name");
  q.false_alarms_per_day =
      p.number("false_alarms_per_day", q.false_alarms_per_day, fewest_false_alarms, most_false_alarms);
  const auto limit = p.integer("limit", 20, 1, most_anomalies);
  if (p.error()) return answer_problem(response, *p.error());
  answer_json(response, 200, anomalies_body(s.history.anomalies(q), q, static_cast<std::size_t>(limit)));
}

void get_forecast(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto service = request.matches[1].str();
  params p(request);
  const auto hours = p.integer("hours", 24, 1, longest_forecast_hours);
  const forecast_subject subject{service, p.text("alert_name")};
  if (p.error()) return answer_problem(response, *p.error());
  if (const auto wrong = check_service(service)) return answer_problem(response, *wrong);
  const auto found = s.history.forecast(service, subject.alert_name, s.core.options().time.now(), hours);
  answer_json(response, 200, forecast_body(found, subject));
}

} // namespace tocsin::http

#include "http/history_handler.hpp"

#include <httplib.h>

#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

namespace {

constexpr std::int64_t longest_days = 365;
constexpr std::int64_t largest_page = 10'000;
constexpr std::int64_t furthest_offset = 1'000'000'000;

timestamp days_ago(const services& s, std::int64_t days) {
  return s.core.options().time.now() - std::chrono::hours{24 * days};
}

} // namespace

void get_history(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  storage::history_filter filter;
  filter.alert_name = p.text("alert_name");
  filter.severity = p.word("severity", parse_severity, "critical, warning or info");
  filter.service = p.text("service");
  filter.status = p.word("status", parse_episode_status, "firing, acknowledged, escalated, suppressed or resolved");
  filter.since = days_ago(s, p.integer("days", 7, 1, longest_days));
  filter.limit = p.integer("limit", 1000, 1, largest_page);
  filter.offset = p.integer("offset", 0, 0, furthest_offset);
  if (p.error()) return answer_problem(response, *p.error());
  answer_json(response, 200, page_body(s.history.history(filter)));
}

void get_history_detail(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto id = parse_id(request.matches[1].str());
  if (!id) return answer_problem(response, id.error());
  const auto detail = s.history.detail(episode_id{*id});
  if (!detail) {
    return answer_problem(response, {404, "not_found", "there is no alert " + std::to_string(*id), "id"});
  }
  answer_json(response, 200, one_body(*detail));
}

void get_notification_history(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  storage::notification_filter filter;
  filter.alert_name = p.text("alert_name");
  filter.channel = p.text("channel");
  filter.success = p.boolean("success");
  filter.since = days_ago(s, p.integer("days", 7, 1, longest_days));
  filter.limit = p.integer("limit", 1000, 1, largest_page);
  filter.offset = p.integer("offset", 0, 0, furthest_offset);
  if (p.error()) return answer_problem(response, *p.error());
  answer_json(response, 200, page_body(s.history.notifications(filter)));
}

} // namespace tocsin::http

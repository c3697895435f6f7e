#include "http/notification_statistics_handler.hpp"

#include <chrono>
#include <string>

#include <httplib.h>

#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

using storage::attempt_counts;

/// Each attempt is looked at, so there is a bound to how many that may be.
constexpr std::int64_t longest_days = 30;
/// Each takes a read connection; others are left to everybody else.
constexpr int most_counts = 2;

/// Inside an object that is open.
void write_counts(json_writer& w, const attempt_counts& c) {
  constexpr double percent = 100;
  const auto attempts = static_cast<double>(c.attempts());
  w.member("attempts", c.attempts()).member("notifications", c.notifications());
  w.member("delivered", c.delivered).member("failed", c.failed).member("retries", c.retries);
  w.key("success_percent");
  attempts > 0 ? w.value(percent * static_cast<double>(c.delivered) / attempts) : w.null();
  w.key("average_duration_ms");
  attempts > 0 ? w.value(static_cast<double>(c.took.count()) / attempts) : w.null();
}

/// Days without attempts too, since a chart wants them.
void write_days(json_writer& w, const storage::notification_statistics& found, timestamp since, timestamp until) {
  w.key("by_day").begin_array();
  const auto last = std::chrono::floor<std::chrono::days>(until);
  for (auto day = std::chrono::floor<std::chrono::days>(since); day <= last; day += std::chrono::days{1}) {
    const auto counted = found.by_day.find(day.time_since_epoch().count());
    constexpr auto date = std::string_view("2026-11-24").size();
    w.begin_object().member("day", to_rfc3339(timestamp{day}).substr(0, date));
    write_counts(w, counted == found.by_day.end() ? attempt_counts{} : counted->second);
    w.end_object();
  }
  w.end_array();
}

} // namespace

void get_notification_statistics(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = p.integer("days", 7, 1, longest_days);
  const auto channel = p.text("channel");
  if (p.error()) return answer_problem(response, *p.error());
  const turn place(s.counts, most_counts);
  if (!place.granted()) return answer_problem(response, unavailable("others count notifications just now; try again"));

  const auto now = s.core.options().time.now();
  const auto since = now - std::chrono::days{days};
  const auto found = s.history.attempts(since, channel);
  answer_json(response, 200, one_body([&](json_writer& w) {
                w.begin_object().member("time_period_days", days).key("channels").begin_array();
                for (const auto& c : found.channels) {
                  w.begin_object().member("channel", c.channel).member("kind", c.kind);
                  write_counts(w, c.counts);
                  w.end_object();
                }
                w.end_array();
                write_days(w, found, since, now);
                w.end_object();
              }));
}

} // namespace tocsin::http

#include "http/ingest_handler.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <httplib.h>

#include "actors/log.hpp"
#include "actors/routing.hpp"
#include "http/actor_call.hpp"
#include "http/answer.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

using steady = std::chrono::steady_clock;

/// Counts alerts in for as long as they are in flight; refuses over the high-water mark.
class admission {
 public:
  explicit admission(services& s) : services_(s) {}
  ~admission() { services_.alerts_in_flight.fetch_sub(count_, std::memory_order_relaxed); }
  admission(const admission&) = delete;
  admission& operator=(const admission&) = delete;

  bool open() const noexcept {
    return services_.alerts_in_flight.load(std::memory_order_relaxed) < services_.high_water;
  }
  void take(std::size_t alerts) {
    count_ = static_cast<std::int64_t>(alerts);
    services_.alerts_in_flight.fetch_add(count_, std::memory_order_relaxed);
  }

 private:
  services& services_;
  std::int64_t count_ = 0;
};

/// Takes out the alerts that say nothing new: they are counted and need no
/// group. A body that also ends alerts goes to the groups as a whole, since there
/// the order of its alerts counts.
std::int64_t take_out_duplicates(services& s, std::vector<alert>& alerts) {
  const auto now = s.core.options().time.now();
  if (std::any_of(alerts.begin(), alerts.end(), [now](const alert& a) { return a.resolved_at(now); })) return 0;
  const auto& sightings = s.core.sightings();
  return static_cast<std::int64_t>(
      std::erase_if(alerts, [&sightings, now](const alert& a) { return sightings.report(a, now); }));
}

/// Hands the alerts to their groups and waits until what is new is on disk.
result<ingest_tally> hand_in(services& s, const config::config& configuration, std::vector<alert> alerts) {
  auto& core = s.core;
  auto& counts = core.counts();
  const auto duplicates = take_out_duplicates(s, alerts);
  if (alerts.empty()) {
    counts.alerts(telemetry::intake::duplicate, duplicates);
    ingest_tally tally;
    tally.duplicates = duplicates;
    return tally;
  }
  auto request = route_alerts(configuration, std::move(alerts));
  auto tally = call<ingest_tally>(core.system(), core.dispatcher(), ingest_atom_v, std::move(request));
  if (!tally) {
    log::error("ingest failed", {{"error", tally.error().message}});
    return tally;
  }
  tally->duplicates += duplicates;
  counts.alerts(telemetry::intake::opened, tally->opened);
  counts.alerts(telemetry::intake::duplicate, tally->duplicates);
  counts.alerts(telemetry::intake::resolved, tally->resolved);
  counts.alerts(telemetry::intake::ignored, tally->ignored);
  return tally;
}

constexpr const char* overloaded = "too many alerts are waiting to be stored; try again";
constexpr const char* not_stored = "the alerts could not be stored; try again";

std::string join(const std::vector<std::string>& lines) {
  std::string joined;
  for (const auto& line : lines) {
    if (!joined.empty()) joined += '\n';
    joined += line;
  }
  return joined;
}

void answer_v2(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  if (refuse_media_type(request, response)) return;
  admission admitted(s);
  if (!admitted.open()) {
    response.set_header("Retry-After", "1");
    answer_v2_error(response, 503, overloaded);
    return;
  }
  const auto configuration = s.core.configuration();
  auto parsed =
      s.parsers.borrow()->parse_v2(request.body, {s.core.options().time.now(), configuration->resolve_timeout});
  if (!parsed) {
    const auto& e = parsed.error();
    answer_v2_refusal(response, e.http_status, e.code, e.message);
    return;
  }
  s.core.counts().alerts(telemetry::intake::invalid, static_cast<std::int64_t>(parsed->rejected.size()));
  if (!parsed->accepted.empty()) {
    admitted.take(parsed->accepted.size());
    if (!hand_in(s, *configuration, std::move(parsed->accepted))) {
      response.set_header("Retry-After", "1");
      answer_v2_error(response, 503, not_stored);
      return;
    }
  }
  if (!parsed->rejected.empty()) {
    answer_v2_error(response, 400, join(parsed->rejected));
    return;
  }
  response.status = 200;
}

std::string webhook_answer(const ingest_tally& t) {
  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true);
  w.member("count", t.opened + t.duplicates + t.resolved + t.ignored).key("data").begin_object();
  w.member("opened", t.opened).member("duplicates", t.duplicates);
  w.member("resolved", t.resolved).member("ignored", t.ignored);
  w.end_object().end_object();
  body += '\n';
  return body;
}

void answer_webhook(services& s, const httplib::Request& request, httplib::Response& response) {
  admission admitted(s);
  if (!admitted.open()) return answer_problem(response, unavailable(overloaded));
  const auto configuration = s.core.configuration();
  auto parsed = s.parsers.borrow()->parse_webhook(
      request.body, {s.core.options().time.now(), configuration->webhook_resolve_timeout});
  if (!parsed) {
    return answer_problem(response, {parsed.error().http_status, "invalid_body", parsed.error().message, {}});
  }
  s.core.counts().alerts(telemetry::intake::invalid, static_cast<std::int64_t>(parsed->rejected.size()));
  ingest_tally tally;
  const auto stored = parsed->accepted.size();
  if (stored > 0) {
    admitted.take(stored);
    const auto handed = hand_in(s, *configuration, std::move(parsed->accepted));
    if (!handed) return answer_problem(response, unavailable(not_stored));
    tally = *handed;
  }
  if (!parsed->rejected.empty()) {
    const auto message = std::to_string(parsed->rejected.size()) + " alerts refused, " + std::to_string(stored)
                         + " stored: " + join(parsed->rejected);
    return answer_problem(response, {400, "invalid_alert", message, "alerts"});
  }
  answer_json(response, 200, webhook_answer(tally));
}

} // namespace

void post_v2_alerts(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto began = steady::now();
  answer_v2(s, request, response);
  s.core.counts().ingest_answered("v2", response.status, steady::now() - began);
}

void post_webhook(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto began = steady::now();
  answer_webhook(s, request, response);
  s.core.counts().ingest_answered("webhook", response.status, steady::now() - began);
}

} // namespace tocsin::http

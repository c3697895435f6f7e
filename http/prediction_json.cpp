#include "http/prediction_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "http/history_json.hpp"

namespace tocsin::http {

namespace {

using storage::baseline_kind;

std::string_view to_string(baseline_kind kind) {
  switch (kind) {
    case baseline_kind::none: return "none";
    case baseline_kind::brief: return "brief";
    case baseline_kind::season: return "season";
  }
  return "none";
}

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

double hundredths(double value) {
  return rounded(value, 100);
}

/// To two digits that say something, however small it is; 0 when it is too small for that.
double two_digits(double value) {
  constexpr double least = 1e-300;
  return value < least ? 0 : rounded(value, std::pow(10.0, 1 - std::floor(std::log10(value))));
}

double weeks(std::int64_t hours) {
  return rounded(static_cast<double>(hours) / storage::hours_a_week, 10);
}

std::string plain(double number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

/// `8 weeks`, `3 days`, `5 hours`.
std::string length_of(std::int64_t hours) {
  const auto of = [](std::int64_t n, const char* unit) { return std::to_string(n) + " " + unit + (n == 1 ? "" : "s"); };
  constexpr auto week = storage::hours_a_week;
  if (hours >= 2 * week) return of((hours + week / 2) / week, "week");
  return hours >= 2 * storage::hours_a_day ? of(hours / storage::hours_a_day, "day") : of(hours, "hour");
}

timestamp time_of(std::int64_t hour) {
  return timestamp{std::chrono::hours{hour}};
}

/// `2026-11-24 13:00 UTC`
std::string hour_text(std::int64_t hour) {
  constexpr std::size_t date_size = 10;
  constexpr std::size_t hour_size = 16;
  auto text = to_rfc3339(time_of(hour)).substr(0, hour_size);
  text[date_size] = ' ';
  return text + " UTC";
}

std::string usual_text(const storage::anomaly& a) {
  constexpr double hardly = 0.1;
  constexpr double whole = 10;
  const auto range = " (" + std::to_string(a.lower) + " to " + std::to_string(a.upper) + ")";
  if (a.expected < hardly) return "hardly any is usual in that time" + range;
  const auto usual = rounded(a.expected, a.expected < whole ? 10 : 1);
  return "about " + plain(usual) + (usual == 1 ? " is" : " are") + " usual in that time" + range;
}

void write_anomaly(json_writer& w, const storage::anomalous_series& a, timestamp until) {
  const auto& what = a.what;
  w.begin_object().member("alert_name", a.alert_name).member("service", a.service);
  w.member("seen", what.seen).member("expected", hundredths(what.expected));
  w.member("lower", what.lower).member("upper", what.upper);
  w.member("score", rounded(-what.log_probability / std::log(10.0), 10));
  w.member("probability", two_digits(std::exp(what.log_probability)));
  w.member("since", time_of(what.since)).member("until", until);
  w.member("baseline", to_string(what.kind)).member("history_weeks", weeks(what.observed_hours));
  w.member("explanation", explain(a)).end_object();
}

void note(json_writer& w, const std::string& text) {
  w.key("note");
  text.empty() ? w.null() : w.value(text);
}

/// What a list without anomalies would hide.
std::string note_on(const storage::anomaly_report& report) {
  const auto known = report.known_hours;
  if (known < storage::least_known_hours) {
    return "The history is younger than a day: there is nothing to compare with yet, so nothing is judged.";
  }
  if (known < storage::hours_a_week) {
    return "The history is " + length_of(known)
           + " long: the hours of the week are not learned yet, only what stands out far is found, and what never came "
             "before is not judged.";
  }
  if (known < 2 * storage::hours_a_week) {
    return "The history is " + length_of(known)
           + " long: weekends are not learned yet, and only what stands out far is found.";
  }
  return {};
}

std::string note_on(const storage::forecast& f) {
  switch (f.kind) {
    case baseline_kind::none: return "None came in the last 8 weeks, so none is expected.";
    case baseline_kind::brief:
      return "The first one came " + length_of(f.observed_hours)
             + " ago: less than two weeks tell little of days and weekends, so the intervals are wide.";
    case baseline_kind::season: return {};
  }
  return {};
}

void write_count(json_writer& w, const storage::expected_count& c) {
  w.member("expected", hundredths(c.expected)).member("lower", c.lower).member("upper", c.upper);
}

} // namespace

std::string explain(const storage::anomalous_series& a) {
  const auto& what = a.what;
  auto text = a.alert_name.empty() ? std::string("An alert without a name") : a.alert_name;
  if (!a.service.empty()) text += " of " + a.service;
  text += " came " + std::to_string(what.seen) + " times since " + hour_text(what.since);
  const auto past = length_of(what.observed_hours);
  switch (what.kind) {
    case baseline_kind::none: return text + ", and not once in the " + past + " before.";
    case baseline_kind::brief: return text + "; " + usual_text(what) + ", as far as " + past + " of past can tell.";
    case baseline_kind::season: return text + "; " + usual_text(what) + ", say the last " + past + ".";
  }
  return text;
}

std::string anomalies_body(const storage::anomaly_report& report, const storage::anomaly_question& question,
                           std::size_t limit) {
  const auto count = std::min(limit, report.found.size());
  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true).member("count", count).member("total", report.found.size());
  w.key("looked_at").begin_object();
  w.member("since", time_of(report.window.begin)).member("until", report.window.now);
  w.member("series", report.series).member("history_weeks", weeks(report.known_hours));
  w.member("false_alarms_per_day", question.false_alarms_per_day).member("interval_percent", 95);
  note(w, note_on(report));
  w.end_object().key("data").begin_array();
  for (std::size_t i = 0; i < count; ++i) write_anomaly(w, report.found[i], report.window.now);
  w.end_array().end_object();
  body += '\n';
  return body;
}

std::string forecast_body(const storage::forecast& f, const forecast_subject& subject) {
  return one_body([&](json_writer& w) {
    const auto hours = static_cast<std::int64_t>(f.hours.size());
    w.begin_object().member("service", subject.service).key("alert_name");
    subject.alert_name ? w.value(*subject.alert_name) : w.null();
    w.member("from", time_of(f.begin)).member("until", time_of(f.begin + hours)).member("hours", hours);
    w.member("interval_percent", 80).member("baseline", to_string(f.kind));
    w.member("history_weeks", weeks(f.observed_hours));
    note(w, note_on(f));
    w.key("total").begin_object();
    write_count(w, f.total);
    w.end_object().key("forecast").begin_array();
    for (std::int64_t h = 0; h < hours; ++h) {
      w.begin_object().member("time", time_of(f.begin + h));
      write_count(w, f.hours[static_cast<std::size_t>(h)]);
      w.end_object();
    }
    w.end_array().end_object();
  });
}

} // namespace tocsin::http

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"
#include "protocols/time_zone.hpp"

// On call: people, how they are reached, and the schedules by which they take turns.
namespace tocsin::config {

namespace {

constexpr std::chrono::minutes a_day{24 * 60};
constexpr std::chrono::minutes a_week{7 * 24 * 60};
constexpr std::chrono::minutes shortest_shift{60};
constexpr std::chrono::minutes longest_shift{366 * 24 * 60};

// ---- people

using node = yaml::node;
using node_ptr = yaml::node_ptr;

node_ptr scalar_at(int line, std::string text) {
  node n;
  n.what = yaml::kind::scalar;
  n.line = line;
  n.text = std::move(text);
  return std::make_shared<const node>(std::move(n));
}

node_ptr list_at(int line, std::vector<node_ptr> items) {
  node n;
  n.what = yaml::kind::list;
  n.line = line;
  n.items = std::move(items);
  return std::make_shared<const node>(std::move(n));
}

/// The block, or nothing, with one more key for whom it reaches. A message that is about that key stands at the person.
node_ptr entry_for(const value& block, const value& person, std::string_view key, node_ptr whom, bool send_resolved) {
  node n;
  if (block.is_set()) n = *block.tree();
  n.what = yaml::kind::map;
  if (!block.is_set()) n.line = person.line();
  n.entries.push_back({std::string(key), person.line(), std::move(whom)});
  if (send_resolved && !n.find("send_resolved")) {
    n.entries.push_back({"send_resolved", person.line(), scalar_at(person.line(), "true")});
  }
  return list_at(n.line, {std::make_shared<const node>(n)});
}

void refuse_own_recipients(const value& block, std::string_view key) {
  if (block[key].is_set()) block[key].complain("whom it reaches comes from the people; remove this key");
}

bool is_word(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
           || c == '.';
  });
}

on_call_person read_person(const value& v) {
  constexpr std::array<std::string_view, 4> keys{"name", "email", "phone", "slack"};
  v.only({keys});
  on_call_person out;
  out.name = read_text(v["name"]);
  if (!v["name"].is_set()) v.complain("a person without a name; add name");
  if (v["name"].is_set() && !is_word(out.name)) v["name"].expected("a name of letters, digits, dots and dashes");
  out.email = read_text(v["email"]);
  out.phone = read_text(v["phone"]);
  out.slack = read_text(v["slack"]);
  if (!v["email"].is_written() && !v["phone"].is_written() && !v["slack"].is_written()) {
    v.complain("a person who cannot be reached; add email, phone or slack");
  }
  return out;
}

/// The person as an entry of `receivers` would be.
receiver receiver_of(const value& block, const value& v, const on_call_person& person,
                     const channel_defaults& defaults) {
  const auto line = v.line();
  node n;
  n.what = yaml::kind::map;
  n.line = line;
  n.entries.push_back({"name", line, scalar_at(line, receiver_of_person(person.name))});
  if (!person.email.empty()) {
    n.entries.push_back(
        {"email_configs", line, entry_for(block["email"], v, "to", scalar_at(line, person.email), true)});
  }
  if (!person.phone.empty()) {
    if (!block["sms"].is_set())
      v["phone"].complain("nothing to reach it by; add on_call.sms with the account to send from");
    auto whom = list_at(line, {scalar_at(line, person.phone)});
    auto entries = entry_for(block["sms"], v, "to", std::move(whom), false);
    n.entries.push_back({"sms_configs", line, std::move(entries)});
  }
  if (!person.slack.empty()) {
    n.entries.push_back(
        {"slack_configs", line, entry_for(block["slack"], v, "channel", scalar_at(line, person.slack), true)});
  }
  auto made = read_receiver(v.at(std::make_shared<const node>(std::move(n))), defaults);
  for (auto& c : made.channels) {
    // Whoever is on call is called for whatever was escalated so far.
    auto* sms = std::get_if<sms_channel>(&c.settings);
    if (sms && !block["sms"]["severities"].is_set()) {
      sms->severities = {severity::critical, severity::warning, severity::info};
    }
  }
  return made;
}

void read_people(const value& block, const channel_defaults& defaults, receiver_map& receivers, on_call_rules& out) {
  refuse_own_recipients(block["email"], "to");
  refuse_own_recipients(block["sms"], "to");
  refuse_own_recipients(block["slack"], "channel");
  for (const auto& one : block["people"].maps()) {
    auto person = read_person(one);
    auto made = receiver_of(block, one, person, defaults);
    person.reachable = !made.channels.empty();
    if (!receivers.emplace(made.name, std::move(made)).second) {
      one["name"].complain("there is a receiver " + receiver_of_person(person.name)
                           + " already; give each person (and receiver) a name of its own");
    }
    out.people.push_back(std::move(person));
  }
}

// ---- schedules

/// `2026-01-05`
std::optional<std::chrono::local_days> parse_date(std::string_view text) {
  int parts[3] = {};
  constexpr std::array<std::size_t, 3> widths{4, 2, 2};
  std::size_t at = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0 && (at >= text.size() || text[at++] != '-')) return std::nullopt;
    if (text.size() < at + widths[i]) return std::nullopt;
    const auto* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + widths[i], parts[i]);
    if (error != std::errc{} || end != begin + widths[i]) return std::nullopt;
    at += widths[i];
  }
  const std::chrono::year_month_day date{std::chrono::year{parts[0]},
                                         std::chrono::month{static_cast<unsigned>(parts[1])},
                                         std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (at != text.size() || !date.ok()) return std::nullopt;
  return std::chrono::local_days{date};
}

struct hand_over {
  std::optional<std::chrono::weekday> weekday;
  std::chrono::minutes time_of_day{0};
};

/// `09:00` or `monday 09:00`
hand_over read_hand_over(const value& v, bool weekly) {
  const auto expected =
      weekly ? std::string_view("a weekday and a time such as monday 09:00") : std::string_view("a time such as 09:00");
  hand_over out;
  if (!v.is_set()) {
    if (weekly) out.weekday = std::chrono::Monday;
    return out;
  }
  const auto text = read_text(v);
  const auto space = text.find(' ');
  const auto clock = space == std::string::npos ? text : text.substr(space + 1);
  const auto minute = parse_minute_of_day(clock);
  if (!minute || *minute >= a_day.count() || (space != std::string::npos) != weekly) {
    v.expected(expected);
    return out;
  }
  out.time_of_day = std::chrono::minutes{*minute};
  if (!weekly) return out;
  const auto day = parse_weekdays(text.substr(0, space));
  if (!day || day->first != day->last) {
    v.expected(expected);
    return out;
  }
  out.weekday = std::chrono::weekday{static_cast<unsigned>(day->first)};
  return out;
}

std::chrono::minutes read_shift(const value& v) {
  const auto text = read_text(v);
  if (text == "daily") return a_day;
  if (text == "weekly") return a_week;
  const auto length = parse_duration(text);
  const auto whole = length ? std::chrono::floor<std::chrono::minutes>(*length) : std::chrono::minutes{0};
  if (!length || whole != *length || whole < shortest_shift || whole > longest_shift) {
    v.expected("daily, weekly or whole minutes from 1h to 366d");
    return a_day;
  }
  return whole;
}

std::vector<time_interval> read_restriction(const value& v, const interval_map& intervals, const std::string& zone) {
  std::vector<time_interval> all;
  for (const auto& one : v.items()) {
    if (!one.is_scalar()) {
      all.push_back(read_interval(one));
      continue;
    }
    const auto name = read_text(one);
    const auto found = intervals.find(name);
    if (found == intervals.end()) {
      one.complain("the time interval " + one.quoted() + " is not defined; define it in time_intervals");
      continue;
    }
    all.insert(all.end(), found->second.begin(), found->second.end());
  }
  // Without a place of their own they mean the clock of the schedule.
  for (auto& interval : all) {
    if (interval.location.empty()) interval.location = zone;
  }
  return all;
}

on_call_layer read_layer(const value& v, std::size_t number, const on_call_rules& rules, const interval_map& intervals,
                         const std::string& zone) {
  constexpr std::array<std::string_view, 6> keys{"name", "people", "shift", "start", "hand_over", "restrict"};
  v.only({keys});
  on_call_layer out;
  out.name = read_text(v["name"]);
  if (out.name.empty()) out.name = "layer-" + std::to_string(number);
  const auto people = v["people"].items();
  if (people.empty()) v.complain("a layer needs people; list their names in the order of their turns");
  for (const auto& one : people) {
    const auto name = read_text(one);
    const auto* known = rules.find_person(name);
    if (!known) {
      one.complain("there is no " + one.quoted() + " among on_call.people");
    } else if (known->reachable) {
      out.people.push_back(name);
    }
  }
  out.shift = v["shift"].is_set() ? read_shift(v["shift"]) : a_week;
  const auto weekly = out.shift % a_week == std::chrono::minutes{0};
  const auto when = read_hand_over(v["hand_over"], weekly);
  auto day = std::chrono::local_days{std::chrono::year{2026} / 1 / 5};
  if (v["start"].is_set()) {
    const auto date = parse_date(read_text(v["start"]));
    if (!date) v["start"].expected("a date such as 2026-01-05");
    day = date.value_or(day);
  }
  if (when.weekday) day += *when.weekday - std::chrono::weekday{day};
  out.first_hand_over = day + when.time_of_day;
  out.restriction = read_restriction(v["restrict"], intervals, zone);
  return out;
}

on_call_schedule read_schedule(const value& v, const on_call_rules& rules, const interval_map& intervals) {
  constexpr std::array<std::string_view, 3> keys{"name", "time_zone", "layers"};
  v.only({keys});
  on_call_schedule out;
  out.name = read_text(v["name"]);
  if (!v["name"].is_set()) v.complain("a schedule without a name; add name");
  if (v["name"].is_set() && !is_word(out.name)) v["name"].expected("a name of letters, digits, dots and dashes");
  if (out.name == "overrides") v["name"].complain("this name is taken by the API; choose another");
  out.time_zone = read_text(v["time_zone"]);
  if (const auto known = check_location(out.time_zone); v["time_zone"].is_set() && !known) {
    v["time_zone"].complain(known.error().message);
  }
  const auto layers = v["layers"].maps();
  if (layers.empty()) v.complain("a schedule needs layers");
  for (const auto& one : layers) {
    out.layers.push_back(read_layer(one, out.layers.size() + 1, rules, intervals, out.time_zone));
    const auto same = [&out](const on_call_layer& l) { return l.name == out.layers.back().name; };
    if (std::count_if(out.layers.begin(), out.layers.end(), same) > 1) {
      one["name"].complain("the layer name \"" + out.layers.back().name + "\" is used twice; give each its own");
    }
  }
  return out;
}

} // namespace

std::string receiver_of_person(std::string_view person) {
  return "on-call/" + std::string(person);
}

on_call_rules read_on_call(const value& v, const channel_defaults& defaults, const interval_map& intervals,
                           receiver_map& receivers) {
  on_call_rules out;
  if (!v.is_set() || !v.is_map()) return out;
  constexpr std::array<std::string_view, 5> keys{"people", "email", "sms", "slack", "schedules"};
  v.only({keys});
  read_people(v, defaults, receivers, out);
  for (const auto& one : v["schedules"].maps()) {
    out.schedules.push_back(read_schedule(one, out, intervals));
    const auto same = [&out](const on_call_schedule& s) { return s.name == out.schedules.back().name; };
    if (std::count_if(out.schedules.begin(), out.schedules.end(), same) > 1) {
      one["name"].complain("the schedule name " + one["name"].quoted() + " is used twice; give each its own");
    }
  }
  return out;
}

} // namespace tocsin::config

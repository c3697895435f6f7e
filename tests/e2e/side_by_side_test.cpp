#include <cmath>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <simdjson.h>

#include "protocols/json_writer.hpp"
#include "tests/e2e/both_servers.hpp"
#include "tests/e2e/http_sink.hpp"

// The same reports at the same moments to Tocsin and to Alertmanager: what their receivers are told is compared to
// the letter. What differs is in docs/compatibility.md.
using namespace tocsin::e2e;

namespace {

using milliseconds = std::chrono::milliseconds;
using members = std::vector<std::pair<std::string, std::string>>;

/// Alerts with the label `s` of this name go to a receiver of their own.
struct scenario {
  std::string name;
  /// What Alertmanager tells, in order.
  std::string told;
  /// What Tocsin tells where it is meant to differ; then the messages are not compared.
  std::string ours = {};
  /// More keys of its route and of its webhook.
  std::string route = {};
  std::string webhook = {};
};

constexpr auto anything = "*";

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all{
      {"one", "firing resolved"},
      {"late", "firing firing firing resolved"},
      {"over-before-the-first-flush", ""},
      {"back-before-the-flush", "firing resolved"},
      {"back-after-the-flush", "firing resolved firing"},
      {"old", "firing firing"},
      {"to-both", "firing resolved", {}, ", continue: true"},
      {"unsilenced", "firing firing"},
      {"silenced-when-it-ends", "firing", "firing resolved"},
      {"nameless", "firing firing"},
      {"replicas", "firing firing"},
      {"ended-again-and-again", "firing resolved"},
      {"ended-before-it-was-seen", ""},
      {"no-start", "firing resolved"},
      {"runs-out", "firing resolved"},
      {"says-something-new", "firing firing"},
      {"cause", "firing resolved"},
      {"symptom", "firing firing"},
      {"symptom-elsewhere", "firing firing"},
      {"ends-without-a-word", "firing resolved", "firing resolved"},
      {"began-earlier", "firing resolved"},
      {"re.x+y", "firing firing"},
      {"no-resolved", "firing", {}, {}, ", send_resolved: false"},
      {"at-most-one", "firing resolved", "firing firing", {}, ", max_alerts: 1"},
      {"every-label", "firing firing resolved firing", {}, ", group_by: ['...']"},
      {"empty-group-by", "firing firing firing firing", {}, ", group_by: []"},
      {"muted", "", {}, ", mute_time_intervals: [always]"},
      {"special", "firing resolved", {}, ", group_by: [alertname, w, zone]"},
      {"refuses", "firing firing firing firing firing"},
      {"fails", anything, "firing firing"},
  };
  return all;
}

/// A report of an alert of one scenario; moments are relative to the beginning of the script.
struct report {
  std::string to;
  members labels = {};
  std::optional<milliseconds> starts = 0ms;
  std::optional<milliseconds> ends = {};
  members annotations = {};
  std::string generator_url = {};
};

void write_members(tocsin::json_writer& w, const members& all) {
  for (const auto& [name, value] : all) w.member(name, value);
}

/// Where the two tell: a sink that takes what comes, and two that do not.
struct receivers {
  http_sink good;
  http_sink refusing{{}, behaviour::answering(400)};
  http_sink failing{{}, behaviour::answering(500)};

  std::string url(const std::string& name) const {
    const auto& sink = name == "refuses" ? refusing : name == "fails" ? failing : good;
    return sink.url("/" + name);
  }
  http_sink::requests all() const {
    auto requests = good.all();
    for (const auto* sink : {&refusing, &failing}) {
      for (auto& r : sink->all()) requests.push_back(std::move(r));
    }
    return requests;
  }
  /// An alertmanager.yml without anything of ours.
  std::string configuration() const {
    std::string routes;
    std::string list;
    const auto add = [&](const std::string& name, const std::string& to, const scenario& s) {
      routes += "    - {matchers: ['s=\"" + name + "\"'], receiver: '" + to + "'" + s.route + "}\n";
      list += "  - name: '" + to + "'\n    webhook_configs: [{url: '" + url(to) + "'" + s.webhook + "}]\n";
    };
    for (const auto& s : scenarios()) add(s.name, s.name, s);
    add("to-both", "second", {});
    return "route:\n  receiver: nobody\n  group_by: [alertname]\n  group_wait: 1s\n  group_interval: 2s\n"
           "  repeat_interval: 5s\n  routes:\n"
           + routes
           + "inhibit_rules:\n  - {source_matchers: ['s=\"cause\"'], target_matchers: ['s=~\"symptom.*\"'], equal: "
             "[zone]}\n"
             "time_intervals:\n  - {name: always, time_intervals: [{times: [{start_time: '00:00', end_time: "
             "'24:00'}]}]}\nreceivers:\n  - name: nobody\n"
           + list;
  }
};

/// What makes Tocsin do as Alertmanager does and nothing beyond it; see docs/compatibility.md.
constexpr std::string_view as_alertmanager = "escalation: []\nseverity: {warning: {deduplication_window: 0s}}\n";

const std::vector<std::string> same_url{"--web.external-url=http://alerts.test"};

/// Both servers with the same configuration, and a script for them.
class both {
 public:
  explicit both(const std::string& binary)
      : servers_(binary, their_receivers.configuration(), our_receivers.configuration() + std::string(as_alertmanager),
                 same_url) {}

  receivers their_receivers;
  receivers our_receivers;

  void begin() {
    wall_ = tocsin::timestamp(
        std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
    began_ = clock::now();
  }
  void at(milliseconds when) const { std::this_thread::sleep_until(began_ + when); }
  double seconds(const received& r) const { return std::chrono::duration<double>(r.at - began_).count(); }

  void post(const std::vector<report>& reports) {
    std::vector<std::string> alerts;
    for (const auto& r : reports) alerts.push_back(text(r));
    for (auto* client : servers_.clients()) {
      const auto a = client->post_all(alerts);
      BOOST_TEST(a.status == 200, a.body);
    }
  }
  /// The ids of the silence: theirs, ours.
  std::vector<std::string> silence(const std::string& scenario) {
    const auto body = R"({"matchers":[{"name":"s","value":")" + scenario + R"(","isRegex":false}],"startsAt":")"
                      + moment_at(0ms) + R"(","endsAt":")" + moment_at(1h)
                      + R"(","createdBy":"ann","comment":"new disks"})";
    std::vector<std::string> ids;
    for (auto* client : servers_.clients()) {
      ids.push_back(json(client->post("/api/v2/silences", body).body).text("/silenceID").value_or("none"));
    }
    return ids;
  }
  void expire(const std::vector<std::string>& ids) {
    auto id = ids.begin();
    for (auto* client : servers_.clients()) BOOST_TEST(client->remove("/api/v2/silence/" + *id++).status == 200);
  }

 private:
  std::string moment_at(milliseconds offset) const { return tocsin::to_rfc3339(wall_ + offset); }

  std::string text(const report& r) const {
    std::string out;
    tocsin::json_writer w(out);
    w.begin_object().key("labels").begin_object();
    const auto named = !r.labels.empty() && r.labels.front().first == "alertname";
    if (r.to != "nameless" && !named) w.member("alertname", "N-" + r.to);
    w.member("s", r.to);
    write_members(w, r.labels);
    w.end_object().key("annotations").begin_object();
    write_members(w, r.annotations);
    w.end_object();
    if (r.starts) w.member("startsAt", moment_at(*r.starts));
    if (r.ends) w.member("endsAt", moment_at(*r.ends));
    if (!r.generator_url.empty()) w.member("generatorURL", r.generator_url);
    w.end_object();
    return out;
  }

  both_servers servers_;
  tocsin::timestamp wall_{};
  clock::time_point began_{};
};

const members odd{{"w", "q\"u\\o\nte"}, {"zone", "a<b>&\"q\" \\ é\u2028 ✓"}};
const members summary{{"summary", "<b>\"97 %\" & more</b>"}};
constexpr auto graph = "http://p.test/graph?g0.expr=up+%3D%3D+0&g0.tab=1";

void report_all(both& servers) {
  servers.post({{.to = "one", .annotations = summary, .generator_url = graph},
                {.to = "late", .labels = {{"zone", "1"}}},
                {.to = "over-before-the-first-flush"},
                {.to = "back-before-the-flush"},
                {.to = "back-after-the-flush"},
                {.to = "old", .starts = -10min},
                {.to = "to-both"},
                {.to = "unsilenced"},
                {.to = "silenced-when-it-ends"},
                {.to = "nameless"},
                {.to = "replicas", .starts = -200ms, .annotations = {{"from", "a"}}},
                {.to = "ended-again-and-again"},
                {.to = "ended-before-it-was-seen", .starts = -20s, .ends = -10s},
                {.to = "no-start", .starts = {}},
                {.to = "runs-out", .ends = 2s},
                {.to = "says-something-new", .annotations = {{"v", "1"}}},
                {.to = "cause", .labels = {{"zone", "z"}}},
                {.to = "symptom", .labels = {{"zone", "z"}}},
                {.to = "symptom-elsewhere"},
                {.to = "ends-without-a-word", .annotations = summary},
                {.to = "began-earlier"},
                {.to = "re.x+y"},
                {.to = "no-resolved"},
                {.to = "at-most-one", .labels = {{"i", "1"}}},
                {.to = "at-most-one", .labels = {{"i", "2"}}},
                {.to = "at-most-one", .labels = {{"i", "3"}}},
                {.to = "every-label", .labels = {{"i", "1"}}},
                {.to = "every-label", .labels = {{"i", "2"}}},
                {.to = "empty-group-by", .labels = {{"alertname", "B"}}},
                {.to = "empty-group-by", .labels = {{"alertname", "A"}}},
                {.to = "muted"},
                {.to = "special", .labels = odd, .annotations = summary},
                {.to = "refuses"},
                {.to = "fails"}});
}

/// Groups are told at 1, 3, 5, 7 and 9 s; what happens, happens between.
void play(both& servers) {
  servers.begin();
  const auto silences = servers.silence("unsilenced");
  report_all(servers);
  servers.at(300ms);
  servers.post({{.to = "replicas", .starts = -400ms, .annotations = {{"from", "b"}}}});
  servers.at(500ms);
  servers.post({{.to = "over-before-the-first-flush", .ends = 450ms},
                {.to = "replicas", .starts = -100ms, .annotations = {{"from", "a"}}}});
  servers.at(1600ms);
  servers.silence("silenced-when-it-ends");
  servers.post({{.to = "late", .labels = {{"zone", "2"}}, .starts = 1500ms},
                {.to = "back-before-the-flush", .ends = 1500ms},
                {.to = "back-after-the-flush", .ends = 1500ms},
                {.to = "ended-again-and-again", .ends = 1500ms},
                {.to = "no-resolved", .ends = 1500ms},
                {.to = "says-something-new", .annotations = {{"v", "2"}}}});
  servers.at(2200ms);
  servers.post({{.to = "back-before-the-flush", .starts = 2200ms},
                {.to = "every-label", .labels = {{"i", "1"}}, .ends = 2s},
                {.to = "cause", .labels = {{"zone", "z"}}, .ends = 2s}});
  servers.expire(silences);
  servers.at(4s);
  servers.post({{.to = "one", .ends = 3400ms, .annotations = summary, .generator_url = graph},
                {.to = "ended-again-and-again", .ends = 1500ms},
                {.to = "back-after-the-flush", .starts = 3500ms},
                {.to = "back-before-the-flush", .starts = 2200ms, .ends = 3900ms},
                {.to = "silenced-when-it-ends", .ends = 3400ms},
                {.to = "late", .labels = {{"zone", "1"}}, .ends = 3400ms},
                {.to = "ends-without-a-word", .ends = 3400ms},
                {.to = "began-earlier", .starts = -1min, .ends = 3400ms},
                {.to = "no-start", .starts = {}, .ends = 3900ms},
                {.to = "at-most-one", .labels = {{"i", "1"}}, .ends = 3400ms}});
  servers.at(6s);
  servers.post({{.to = "ended-again-and-again", .ends = 1500ms},
                {.to = "late", .labels = {{"zone", "2"}}, .starts = 1500ms, .ends = 5500ms},
                {.to = "to-both", .ends = 5500ms},
                {.to = "special", .labels = odd, .ends = 5500ms, .annotations = summary}});
  servers.at(9600ms);
}

/// A message as both could have sent it: without what only newer ones and Tocsin have in it.
std::string comparable(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object payload;
  if (parser.parse(body).get(payload) != simdjson::SUCCESS) return "no JSON: " + body;
  std::string text;
  for (auto [key, value] : payload) {
    if (key == "notification_reason" || key == "routeLabels" || key == "tocsin") continue;
    text.append(key).append(" ").append(simdjson::minify(value)).append("\n");
  }
  // Where the sender said none, each noted when it heard of it, and one of them to the nanosecond.
  if (text.find("N-no-start") != std::string::npos) {
    text = std::regex_replace(text, std::regex("\"startsAt\":\"[^\"]*\""), "");
  }
  return text;
}

using messages = std::vector<const received*>;

/// What a receiver was told; messages of the same moment in the order of their groups.
messages told_to(const http_sink::requests& all, const std::string& name) {
  messages found;
  for (const auto& r : all) {
    if (r.path == "/" + name) found.push_back(&r);
  }
  std::stable_sort(found.begin(), found.end(), [](const received* a, const received* b) {
    if (std::chrono::abs(a->at - b->at) > 500ms) return a->at < b->at;
    return json(a->body).text("/groupKey") < json(b->body).text("/groupKey");
  });
  return found;
}

std::string statuses(const messages& all) {
  std::string text;
  for (const auto* r : all) text += (text.empty() ? "" : " ") + json(r->body).text("/status").value_or("?");
  return text;
}

void compare(const both& servers, const messages& theirs, const messages& ours) {
  for (std::size_t i = 0; i < std::min(theirs.size(), ours.size()); ++i) {
    const auto apart = servers.seconds(*ours[i]) - servers.seconds(*theirs[i]);
    BOOST_TEST(std::abs(apart) < 1, "message " << i << " comes " << apart << " s later");
    BOOST_TEST(comparable(ours[i]->body) == comparable(theirs[i]->body));
  }
}

/// The messages of one scenario, by its receiver.
struct told {
  const http_sink::requests& all;
  json operator()(const std::string& name, std::size_t index) const {
    const auto found = told_to(all, name);
    return json(index < found.size() ? found[index]->body : std::string("null"));
  }
};

/// What the table of differences in docs/compatibility.md says of messages.
void check_differences(const http_sink::requests& theirs, const http_sink::requests& ours) {
  const told they{theirs};
  const told we{ours};
  BOOST_TEST(they("ends-without-a-word", 1).text("/commonAnnotations/summary").value_or("") == "");
  BOOST_TEST(we("ends-without-a-word", 1).text("/commonAnnotations/summary").value_or("") == summary[0].second);
  BOOST_TEST(they("at-most-one", 1).text("/alerts/0/status").value_or("") == "resolved");
  BOOST_TEST(we("at-most-one", 1).text("/alerts/0/status").value_or("") == "resolved");
  BOOST_TEST(we("at-most-one", 1).number("/truncatedAlerts").value_or(0) == 2);
  BOOST_TEST(we("one", 0).text("/notification_reason").value_or("") == "first notification");
  BOOST_TEST(we("one", 1).text("/notification_reason").value_or("") == "all alerts resolved");
  BOOST_TEST(we("late", 1).text("/notification_reason").value_or("") == "new alerts added");
  BOOST_TEST(we("late", 2).text("/notification_reason").value_or("") == "some alerts resolved");
  BOOST_TEST(we("old", 1).text("/notification_reason").value_or("") == "repeat interval elapsed");
}

} // namespace

BOOST_AUTO_TEST_SUITE(side_by_side)

BOOST_AUTO_TEST_CASE(receivers_are_told_the_same_at_the_same_moments) {
  const auto binary = find_alertmanager();
  if (!binary) return;
  both servers(*binary);
  play(servers);
  const auto theirs = servers.their_receivers.all();
  const auto ours = servers.our_receivers.all();
  auto all = scenarios();
  all.push_back({"second", "firing resolved"});
  for (const auto& s : all) {
    BOOST_TEST_CONTEXT(s.name) {
      const auto by_them = told_to(theirs, s.name);
      const auto by_us = told_to(ours, s.name);
      if (s.told != anything) BOOST_TEST(statuses(by_them) == s.told);
      BOOST_TEST(statuses(by_us) == (s.ours.empty() ? s.told : s.ours));
      if (s.ours.empty()) compare(servers, by_them, by_us);
    }
  }
  check_differences(theirs, ours);
}

BOOST_AUTO_TEST_SUITE_END()

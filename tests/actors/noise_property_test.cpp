#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/noise_model.hpp"
#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

// Random scripts on all actors with real storage. A simple model beside them knows
// what fires and what is to be quiet; what the channels were told is held against it.

namespace {

constexpr std::string_view one = R"(
route:
  receiver: ops
  group_by: [alertname]
  routes:
    - {receiver: audit, matchers: [team="db"], continue: true, group_by: [team]}
    - {receiver: db, matchers: [team="db"], mute_time_intervals: [lunch]}
    - {receiver: ops, matchers: [service="shop"], group_by: [service]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: audit, webhook_configs: [{url: "http://audit.test/"}]}
  - {name: db, webhook_configs: [{url: "http://db.test/"}]}
  - {name: on-call, webhook_configs: [{url: "http://on-call.test/"}]}
time_intervals:
  - {name: lunch, time_intervals: [{times: [{start_time: '08:20', end_time: '08:35'}]}]}
inhibit_rules:
  - {source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [alertname, service]}
  - {source_matchers: [alertname="Root"], target_matchers: [alertname="Leaf"], equal: [service]}
escalation:
  - {matchers: [severity="info"], steps: [{after: 4m, raise_to: warning}]}
  - {matchers: [severity="warning"], steps: [{after: 5m, raise_to: critical, receiver: on-call}]}
  - {matchers: [severity="critical"], steps: [{after: 5m, receiver: on-call}, {after: 10m, receiver: on-call}]}
flapping: {changes: 4, window: 10m, calm: 5m}
)";

// Another grouping, another owner for some, a channel less, other rules.
constexpr std::string_view two = R"(
route:
  receiver: ops
  group_by: [service]
  routes:
    - {receiver: ops, matchers: [severity="info"], group_by: ['...'], active_time_intervals: [early]}
    - {receiver: audit, matchers: [service="shop"], group_wait: 10s, group_interval: 1m, repeat_interval: 10m}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: audit, webhook_configs: [{url: "http://audit.test/"}]}
  - {name: on-call, webhook_configs: [{url: "http://on-call.test/"}]}
time_intervals:
  - {name: early, time_intervals: [{times: [{start_time: '00:00', end_time: '08:25'}, {start_time: '09:30', end_time: '24:00'}]}]}
maintenance_windows:
  - {name: pay, matchers: [service="pay"], time_intervals: [{times: [{start_time: '08:40', end_time: '08:50'}]}]}
inhibit_rules:
  - {source_matchers: [alertname="Root"], target_matchers: [alertname=~"Leaf|Other"], equal: [service]}
deduplication: {labels: [alertname, service, severity]}
escalation:
  - {matchers: [severity="warning"], steps: [{after: 7m, receiver: on-call}]}
)";

constexpr std::size_t steps = 25;

class script {
 public:
  /// @param flaky channels fail now and then, some notifications for good.
  script(std::uint64_t seed, bool flaky)
      : random_(seed), world_(one), model_(load(one)), exact_(!flaky), flaky_(flaky) {
    world_.answer = [this](const http_request&) {
      const auto fails = flaky_ && pick(3) == 0;
      answers_.push_back(!fails);
      wire_response r;
      r.status = fails ? 500 : 200;
      return r;
    };
  }

  /// Plays it to its end; returns what went wrong.
  std::vector<std::string> play() {
    for (std::size_t i = 0; i < steps && wrong_.empty(); ++i) {
      step();
      look();
    }
    come_to_an_end();
    return wrong_;
  }

  std::string text() const {
    std::string all;
    for (const auto& line : lines_) all += "  " + line + "\n";
    return all;
  }

 private:
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  template <class List>
  auto any(const List& list) {
    return *std::next(std::begin(list), static_cast<std::ptrdiff_t>(pick(std::size(list))));
  }

  void log(const std::string& what) { lines_.push_back(to_rfc3339(world_.now()).substr(11, 8) + " " + what); }
  void fault(const std::string& what) { wrong_.push_back(what); }

  void step() {
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
      case 3: return fire();
      case 4:
      case 5: return resolve_one();
      case 6: return silence_some();
      case 7: return expire_one();
      case 8:
      case 9: return act();
      case 10: return reload();
      case 11: return restart();
      default: return advance();
    }
  }

  // -- what happens -----------------------------------------------------------

  label_set random_labels() {
    const auto name = any(std::array{"Root", "Leaf", "Other"});
    const auto service = any(std::array{"shop", "pay"});
    const auto level = any(std::array{"critical", "warning", "info"});
    const auto instance = any(std::array{"a", "b"});
    if (pick(3) > 0) {
      return label_set::of({{"alertname", name}, {"service", service}, {"severity", level}, {"instance", instance}});
    }
    return label_set::of({{"alertname", name}, {"service", service}, {"severity", level}, {"team", "db"}});
  }

  void fire() {
    std::vector<alert> alerts(1 + pick(4));
    for (auto& a : alerts) {
      a.labels = random_labels();
      a.starts_at = began_.try_emplace(a.labels, world_.now()).first->second;
      a.ends_at = world_.now() + any(std::array<duration, 3>{4min, 30min, 10h});
      model_.reported(world_.now(), a);
      log("fire " + to_text(a.labels) + " for " + format_duration(a.ends_at - world_.now()));
    }
    world_.ingest(std::move(alerts));
  }

  void resolve(const label_set& labels) {
    alert a;
    a.labels = labels;
    a.starts_at = began_.at(labels);
    a.ends_at = world_.now();
    forget(labels);
    world_.ingest({a});
  }

  void forget(const label_set& labels) {
    began_.erase(labels);
    model_.ended(labels);
  }

  void resolve_one() {
    if (model_.firing().empty()) return fire();
    const auto labels = any(model_.firing()).first;
    log("resolve " + to_text(labels));
    resolve(labels);
  }

  void silence_some() {
    const auto name = any(std::array{"alertname", "service", "severity", "instance"});
    const auto value = std::string(random_labels().get(name));
    if (value.empty()) return;
    silence s;
    s.matchers = {*matcher::make(name, match_op::equal, value)};
    s.starts_at = world_.now() + (pick(4) == 0 ? duration{90s} : duration{0});
    s.ends_at = s.starts_at + any(std::array<duration, 3>{1min, 10min, 2h});
    s.created_by = "ann";
    s.comment = "test";
    s.expire_on_resolve = pick(5) == 0;
    log(std::string("silence ") + name + "=" + value + " from " + to_rfc3339(s.starts_at) + " until "
        + to_rfc3339(s.ends_at) + (s.expire_on_resolve ? ", ends with its alerts" : ""));
    s.id = world_.silence_for(s).id;
    model_.silenced(s);
  }

  void expire_one() {
    if (model_.silences().empty()) return silence_some();
    log("expire a silence");
    expire(any(model_.silences()).first);
  }

  void expire(const std::string& id) {
    world_.expire(id);
    model_.expired(id);
  }

  void act() {
    std::vector<episode> active;
    for (const auto& row : world_.history().rows) {
      if (row.alert.state.active()) active.push_back(row.alert);
    }
    if (active.empty()) return fire();
    const auto e = any(active);
    act_request request;
    request.what =
        any(std::array{act_request::kind::acknowledge, act_request::kind::resolve, act_request::kind::escalate});
    request.episode = e.id;
    request.by = "ann";
    request.to_level = 3;
    const auto resolves = request.what == act_request::kind::resolve;
    log((resolves ? "resolve by hand " : "acknowledge or escalate ") + to_text(e.labels));
    const auto done = world_.act(request, e.labels);
    if (resolves && done.what == act_result::outcome::done) forget(e.labels);
  }

  void reload() {
    // What is due goes out by the old one.
    world_.advance(1ms, 1ms);
    look();
    second_ = !second_;
    log(second_ ? "reload two" : "reload one");
    model_.configure(load(second_ ? two : one));
    world_.reload(second_ ? two : one);
    // What that channel was told cannot be taken back any more.
    if (second_) book_.forget("http://db.test/");
  }

  void restart() {
    log("crash and start");
    world_.crash();
    world_.start();
    repeat_what_was_lost();
  }

  /// That an alert fires still is written a second later. Senders say it once more.
  void repeat_what_was_lost() {
    std::vector<alert> alerts;
    for (const auto& [labels, f] : model_.firing()) {
      if (!f.repeated_at || world_.now() - *f.repeated_at > 1s) continue;
      auto& a = alerts.emplace_back();
      a.labels = labels;
      a.starts_at = began_.at(labels);
      a.ends_at = f.until;
    }
    world_.ingest(std::move(alerts));
  }

  void advance() {
    const auto by = any(std::array<duration, 7>{1s, 7s, 29s, 31s, 2min, 6min, 16min});
    log("advance " + format_duration(by));
    world_.advance(by);
  }

  // -- what must hold -----------------------------------------------------------

  /// Holds what was told since the last look against the model.
  void look() {
    for (; looked_at_ < world_.requests.size(); ++looked_at_) {
      if (!answers_.at(looked_at_)) continue;
      const auto t = read_told(world_.requests[looked_at_]);
      book_.note(t);
      // A notification that had to be tried again tells what was true before.
      if (!exact_) continue;
      for (const auto& a : t.alerts) check(t, a);
    }
    check_groups();
  }

  void check(const told& t, const told_alert& a) {
    const auto where =
        to_rfc3339(t.at).substr(11, 12) + " " + t.url + " (" + t.reason + ", " + t.group_key + ") " + to_text(a.labels);
    const auto routes = model_.routes_of(a.labels);
    const auto its_group = [&](const auto* r) { return r->group_key(r->group_labels(a.labels)) == t.group_key; };
    if (std::none_of(routes.begin(), routes.end(), its_group)) fault(where + " told by a group that does not own it");
    if (!a.firing) return;
    if (const auto why = model_.quiet(a.labels, t.at, t.group_key); !why.empty()) fault(where + " told though " + why);
  }

  /// Every active alert is one episode, in the one group that its labels give.
  void check_groups() {
    std::set<label_set> seen;
    std::map<std::string, group_id> group_of;
    std::map<group_id, std::string> key_of;
    for (const auto& row : world_.history().rows) {
      const auto& e = row.alert;
      if (!e.state.active()) continue;
      if (!seen.insert(e.labels).second) fault(to_text(e.labels) + " has two active episodes");
      const auto* r = model_.routes_of(e.labels).front();
      const auto key = r->key + r->group_key(r->group_labels(e.labels));
      if (group_of.try_emplace(key, e.group).first->second != e.group) fault(key + " has two groups");
      if (key_of.try_emplace(e.group, key).first->second != key) fault("two groups in one: " + key);
    }
  }

  /// Nothing is quiet any more: all that fires is told. Then everything ends, and that is told too.
  void come_to_an_end() {
    flaky_ = false;
    while (!model_.silences().empty()) expire(std::string(model_.silences().begin()->first));
    log("the end begins");
    world_.advance(std::max<duration>(start + 100min - world_.now(), 20min));
    look();
    if (!second_) check_all_told();
    while (!model_.firing().empty()) resolve(label_set(model_.firing().begin()->first));
    world_.advance(40min);
    look();
    for (const auto& left : book_.still_firing()) fault(left + " was told firing and never resolved");
    if (world_.groups_alive() > 0) fault(std::to_string(world_.groups_alive()) + " groups never ended");
  }

  void check_all_told() {
    for (const auto& [labels, f] : model_.firing()) {
      if (f.until <= world_.now()) continue;
      for (const auto* r : model_.routes_of(labels)) {
        const auto url = "http://" + r->receiver + ".test/";
        if (!model_.quiet(labels, world_.now(), r->group_key(r->group_labels(labels))).empty()) continue;
        if (!book_.believes(url, labels)) fault(url + " was never told " + to_text(labels) + ", which fires");
      }
    }
  }

  std::mt19937_64 random_;
  world world_;
  noise_model model_;
  /// Whether each notification arrives when it is sent.
  bool exact_;
  bool flaky_;
  bool second_ = false;
  std::vector<bool> answers_; ///< for each request whether it was delivered
  std::size_t looked_at_ = 0;
  ledger book_;
  std::map<label_set, timestamp> began_;
  std::vector<std::string> lines_;
  std::vector<std::string> wrong_;
};

void play(std::uint64_t first, std::uint64_t count, bool flaky) {
  for (auto seed = first; seed < first + count; ++seed) {
    script s(seed, flaky);
    const auto wrong = s.play();
    std::string all;
    for (const auto& w : wrong) all += "  " + w + "\n";
    BOOST_TEST(wrong.empty(), "seed " << seed << ":\n" << s.text() << "went wrong:\n" << all);
  }
  BOOST_TEST_MESSAGE("seeds " << first << " to " << first + count - 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(noise_properties)

BOOST_AUTO_TEST_CASE(whatever_happens_what_is_quiet_is_not_told_and_what_was_told_is_told_resolved) {
  play(1, 200, false);
}

BOOST_AUTO_TEST_CASE(whatever_happens_with_channels_that_fail_what_was_told_is_told_resolved) {
  play(1001, 60, true);
}

BOOST_AUTO_TEST_SUITE_END()

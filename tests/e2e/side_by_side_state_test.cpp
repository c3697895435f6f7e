#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocols/time.hpp"
#include "tests/e2e/both_servers.hpp"

// What becomes of one report after another, and of one change of a silence after another, in Tocsin and in
// Alertmanager.
using namespace tocsin::e2e;

namespace {

constexpr std::string_view configuration = "route: {receiver: nobody, group_wait: 1h}\nreceivers: [{name: nobody}]\n";
/// Without it an alert that fires again soon after its end is the same episode, with its beginning.
constexpr std::string_view as_alertmanager = "severity: {warning: {deduplication_window: 0s}}\n";

struct both : both_servers {
  explicit both(const std::string& binary)
      : both_servers(binary, std::string(configuration), std::string(configuration) + std::string(as_alertmanager)) {}
};

using milliseconds = std::chrono::milliseconds;

/// When an alert begins and ends, relative to the beginning of the test.
struct report {
  std::optional<milliseconds> starts;
  std::optional<milliseconds> ends = {};
  std::string summary = {};
};

std::string text(const std::string& name, const report& r, tocsin::timestamp began) {
  std::string more;
  const auto add = [&](const char* member, const std::optional<milliseconds>& when) {
    if (when)
      more += (more.empty() ? "\"" : ",\"") + std::string(member) + "\":\"" + tocsin::to_rfc3339(began + *when) + "\"";
  };
  add("startsAt", r.starts);
  add("endsAt", r.ends);
  return r.summary.empty() ? alert_json({{"alertname", name}}, {}, more)
                           : alert_json({{"alertname", name}}, {{"summary", r.summary}}, more);
}

/// What of an alert came from its reports: all but what each server notes by its own clock.
std::string shown(api& client, const std::string& name, bool ends) {
  const json list(client.get("/api/v2/alerts?filter=alertname%3D" + name).body);
  if (list.size("") != 1U) return std::to_string(list.size("").value_or(99)) + " alerts";
  return "from " + list.text("/0/startsAt").value_or("?") + (ends ? " to " + list.text("/0/endsAt").value_or("?") : "")
         + " " + list.text("/0/annotations/summary").value_or("-");
}

std::string silence(const std::string& id, const std::string& value, milliseconds starts, milliseconds ends,
                    tocsin::timestamp began) {
  return R"({"id":")" + id + R"(","matchers":[{"name":"a","value":")" + value + R"(","isRegex":false}],"startsAt":")"
         + tocsin::to_rfc3339(began + starts) + R"(","endsAt":")" + tocsin::to_rfc3339(began + ends)
         + R"(","createdBy":"ann","comment":"c"})";
}

tocsin::timestamp now() {
  return tocsin::timestamp(
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(side_by_side_state)

BOOST_AUTO_TEST_CASE(reports_of_the_same_alert_become_the_same_alert) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  const auto began = now();
  struct row {
    std::string name;
    std::vector<report> reports;
    /// The end is the server's own where no report has said one.
    bool ends = true;
  };
  for (const auto& [name, reports, ends] : std::vector<row>{
           {"once", {{-10min, 1h, "a"}}},
           {"earlier-start", {{-5min, 1h}, {-10min, 1h}}},
           {"later-start", {{-10min, 1h}, {-5min, 1h}}},
           {"later-end", {{-10min, 1h}, {-10min, 2h}}},
           {"earlier-end", {{-10min, 2h}, {-10min, 1h}}},
           {"explicit-then-none", {{-10min, 2h}, {-10min}}},
           {"none-then-explicit", {{-10min}, {-10min, 2h}}},
           {"none-then-sooner", {{-10min}, {-10min, 1min}}},
           {"none-twice", {{-10min}, {-5min}}, false},
           {"youngest-words", {{-10min, 1h, "a"}, {-10min, 1h, "b"}}},
           {"no-words", {{-10min, 1h, "a"}, {-10min, 1h}}},
           {"resolved", {{-10min, 1h}, {-10min, -1min}}},
           {"resolved-without-start", {{-10min, 1h}, {{}, -1min}}},
           {"never-seen", {{-10min, -1min}}},
           {"again-after-its-end", {{-10min, 1h}, {-10min, -2min}, {-1min, 1h}}},
           {"resolved-twice", {{-10min, 1h}, {-10min, -2min}, {-10min, -1min}}},
           {"fires-later", {{5min, 1h}}},
           {"began-before-the-last-end", {{-10min, -5min}, {-10min, 1h}}},
       }) {
    for (auto* client : servers.clients()) {
      for (const auto& r : reports) BOOST_TEST(client->post_all({text(name, r, began)}).status == 200);
    }
    BOOST_TEST(shown(servers.our_client, name, ends) == shown(servers.their_client, name, ends),
               name << ": " << shown(servers.our_client, name, ends) << ", theirs "
                    << shown(servers.their_client, name, ends));
  }
}

BOOST_AUTO_TEST_CASE(a_changed_silence_keeps_its_id_in_the_same_cases) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  const auto began = now();
  struct times {
    milliseconds starts;
    milliseconds ends;
  };
  struct row {
    std::string what;
    times first;
    times second;
    std::string value = "b";
    bool deleted = false;
  };
  for (const auto& r : std::vector<row>{
           {"an active one ends later", {-1min, 1h}, {0min, 2h}},
           {"an active one ends sooner", {-1min, 2h}, {0min, 1h}},
           {"an active one would begin later", {-1min, 1h}, {30min, 2h}},
           {"another value", {-1min, 1h}, {-1min, 1h}, "c"},
           {"a pending one begins later", {1h, 2h}, {90min, 2h}},
           {"a pending one begins sooner", {1h, 2h}, {30min, 2h}},
           {"a pending one begins now", {1h, 2h}, {-1min, 2h}},
           {"a pending one has another value", {1h, 2h}, {1h, 2h}, "c"},
           {"an expired one", {-1min, 1h}, {-1min, 2h}, "b", true},
       }) {
    std::vector<std::string> stories;
    for (auto* client : servers.clients()) {
      const auto id = json(client->post("/api/v2/silences", silence("", "b", r.first.starts, r.first.ends, began)).body)
                          .text("/silenceID")
                          .value_or("none");
      if (r.deleted) {
        BOOST_TEST(client->remove("/api/v2/silence/" + id).status == 200);
        BOOST_TEST(client->remove("/api/v2/silence/" + id).status == 200);
      }
      // An active one began when it was made, which only its server knows.
      const json made(client->get("/api/v2/silence/" + id).body);
      auto body = silence(id, r.value, r.second.starts, r.second.ends, began);
      if (r.second.starts == 0min) {
        const auto written = tocsin::to_rfc3339(began);
        body.replace(body.find(written), written.size(), made.text("/startsAt").value_or("?"));
      }
      const auto changed = client->post("/api/v2/silences", body);
      const auto other = json(changed.body).text("/silenceID").value_or(changed.body);
      stories.push_back((other == id ? "the same id, " : "another id, ")
                        + json(client->get("/api/v2/silence/" + id).body).text("/status/state").value_or("?") + ", "
                        + json(client->get("/api/v2/silence/" + other).body).text("/status/state").value_or("?"));
    }
    BOOST_TEST(stories.at(1) == stories.at(0), r.what << ": " << stories.at(1) << "; theirs: " << stories.at(0));
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <map>
#include <regex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/both_servers.hpp"

// The same requests to Tocsin and to Alertmanager 0.25: what they answer is compared. What differs is in
// docs/compatibility.md.
using namespace tocsin::e2e;

namespace {

constexpr std::string_view configuration = R"(
route:
  receiver: ops
  group_by: [alertname]
  routes:
    - matchers: [team="a"]
      receiver: team-a
      group_by: [zone, alertname]
      continue: true
    - matchers: [team="a"]
      receiver: ops
      group_by: [team]
inhibit_rules:
  - source_matchers: [alertname="Root"]
    target_matchers: [alertname="Leaf"]
    equal: [team]
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/x", http_config: {basic_auth: {username: u, password: p}}}]
  - name: team-a
    slack_configs: [{api_url: "http://127.0.0.1:1/secret", channel: "#x"}]
)";

/// Moments, ids and what a newer Alertmanager has in addition are taken out; of two ways to write a character one is
/// left.
std::string comparable(std::string body) {
  static const std::regex moment(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
  static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex muted(R"("mutedBy":\[\],)");
  body = std::regex_replace(body, moment, "MOMENT");
  body = std::regex_replace(body, uuid, "ID");
  for (const auto& [escaped, plain] : {std::pair("\\\\u003c", "<"), {"\\\\u003e", ">"}, {"\\\\u0026", "&"}}) {
    body = std::regex_replace(body, std::regex(escaped), plain);
  }
  return std::regex_replace(body, muted, "");
}

/// How far the answers to a request agree.
enum class agreement {
  whole,     ///< status, type and body
  beginning, ///< the body as far as `expected`: what a reader of JSON says of a broken text is its own affair
  newer,     ///< ours is `expected`, with the status of theirs: so says a newer Alertmanager
};

struct row {
  std::string method;
  std::string path;
  std::string body = {};
  std::string type = "application/json";
  agreement how = agreement::whole;
  std::string expected = {};
};

struct both : both_servers {
  explicit both(const std::string& binary) : both_servers(binary, configuration) {}

  void check(const row& r) const {
    BOOST_TEST_CONTEXT(r.method << " " << r.path << " " << r.type << " " << r.body.substr(0, 200)) {
      std::multimap<std::string, std::string> headers;
      if (!r.body.empty()) headers.emplace("Content-Type", r.type);
      const auto they = their_client.send(r.method, r.path, r.body, headers);
      const auto we = our_client.send(r.method, r.path, r.body, headers);
      BOOST_TEST(we.status == they.status,
                 we.status << " " << we.body << ", theirs " << they.status << " " << they.body);
      if (r.how == agreement::whole) BOOST_TEST(comparable(we.body) == comparable(they.body));
      if (r.how == agreement::newer) BOOST_TEST(we.body == r.expected + "\n");
      if (r.how == agreement::beginning) {
        BOOST_TEST(we.body.substr(0, r.expected.size()) == r.expected);
        BOOST_TEST(they.body.substr(0, r.expected.size()) == r.expected);
      }
      const auto type = they.headers.find("content-type");
      if (type == they.headers.end()) return;
      BOOST_REQUIRE(we.headers.contains("content-type"));
      BOOST_TEST(we.headers.at("content-type") == type->second);
    }
  }
  void check(const std::vector<row>& rows) const {
    for (const auto& r : rows) check(r);
  }
  void post(const std::string& path, const std::string& body) {
    for (auto* client : clients()) BOOST_TEST(client->post(path, body).status == 200);
  }
  /// Both have their groups: Alertmanager makes them a moment after its answer.
  void settle() {
    const auto whole = comparable(our_client.get("/api/v2/alerts/groups").body);
    BOOST_TEST(eventually(5s, [&] { return comparable(their_client.get("/api/v2/alerts/groups").body) == whole; }));
  }
};

const std::string alerts = "/api/v2/alerts";
const std::string silences = "/api/v2/silences";

std::string labels(const std::string& more) {
  return R"([{"labels":{"alertname":"x"},)" + more + "}]";
}

const std::string broken = R"({"code":400,"message":"parsing alerts body from \"\" failed, because )";

std::vector<row> posted_alerts() {
  std::vector<row> rows;
  for (const std::string body :
       {"[]", "null", " [ ] ", "", "[{}]", R"([{"labels":null}])", R"([{"labels":{}}])", R"([{"labels":{"a":""}}])",
        R"([{"labels":{"":"x"}}])", R"([{"labels":{"alertname":null}}])", R"([{"labels":{"alertname":"x"}}] trailing)",
        R"([{"LABELS":{"alertname":"x"}}])", R"([{"labels":{"alertname":"x","alertname":"y"}}])",
        R"([{"labels":{"alertname":"x"},"labels":{"alertname":"z"}}])"}) {
    rows.push_back({"POST", alerts, body});
  }
  for (const std::string more :
       {R"("annotations":{"":"x"})", R"("annotations":null)", R"("generatorURL":"")", R"("generatorURL":null)",
        R"("generatorURL":"foo")", R"("generatorURL":"/foo")", R"("generatorURL":"not a url ::")",
        R"("startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z")",
        R"("startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-02T00:00:00Z")", R"("startsAt":"")",
        R"("startsAt":null)", R"("startsAt":"2026-01-01T00:00:00")",
        R"("startsAt":"2026-01-01T00:00:00.123456789+02:00")", R"("endsAt":"0001-01-01T00:00:00Z")",
        R"("unknown":{"a":[1]})"}) {
    rows.push_back({"POST", alerts, labels(more)});
  }
  for (const std::string body :
       {"{}", "[{", R"({"labels":1})", R"([{"labels":{"a":1}}])", R"([{"labels":{"a":"b"}},])", "\"x\"", "42", "true",
        "\xEF\xBB\xBF[]", R"([{"labels":{"a":"b"},"startsAt":"garbage"}])", R"([{"labels":{"a":"b"},"startsAt":12}])",
        R"([{"labels":["a"]}])", R"([{"labels":{"a":"b"},"annotations":{"a":true}}])"}) {
    rows.push_back({"POST", alerts, body, "application/json", agreement::beginning, broken});
  }
  rows.push_back({"POST", alerts, R"([{"labels":{"":"x"}},{"labels":{"":"y"}},{"labels":{"alertname":"Good"}}])",
                  "application/json", agreement::newer,
                  R"("invalid label set: invalid name \"\"\ninvalid label set: invalid name \"\"")"});
  for (const std::string type : {"text/plain", "application/json; charset=utf-8", "APPLICATION/JSON", ";",
                                 "application/vnd.api+json", "application/json ;charset=latin1"}) {
    rows.push_back({"POST", alerts, "[]", type});
  }
  return rows;
}

/// A silence with these matchers; one member may be another, or be one more.
std::string silence(const std::string& matchers, const std::string& member = {}, const std::string& value = {}) {
  std::map<std::string, std::string> members{{"matchers", matchers},
                                             {"startsAt", R"("2020-01-01T00:00:00Z")"},
                                             {"endsAt", R"("2040-01-01T00:00:00Z")"},
                                             {"createdBy", R"("ann")"},
                                             {"comment", R"("c")"}};
  if (!member.empty()) members[member] = value;
  std::string body;
  for (const auto& [name, text] : members) body += (body.empty() ? "{\"" : ",\"") + name + "\":" + text;
  return body + "}";
}

std::string matcher(const std::string& members) {
  return "[{" + members + "}]";
}

const std::string one_matcher = R"([{"name":"a","value":"b","isRegex":false}])";

std::vector<row> posted_silences() {
  std::vector<row> rows;
  for (const std::string& body : {std::string("null"),
                                  std::string("{}"),
                                  std::string(),
                                  silence("null"),
                                  silence("[]"),
                                  silence("[{}]"),
                                  silence(matcher(R"("name":"a","value":"b")")),
                                  silence(matcher(R"("value":"b","isRegex":false)")),
                                  silence(matcher(R"("name":"a","isRegex":false)")),
                                  silence(one_matcher),
                                  silence(one_matcher, "id", R"("")"),
                                  silence(one_matcher, "id", "null"),
                                  silence(one_matcher, "comment", R"("")"),
                                  silence(one_matcher, "comment", "null"),
                                  silence(one_matcher, "createdBy", "null"),
                                  silence(one_matcher, "startsAt", "null"),
                                  silence(one_matcher, "endsAt", "null"),
                                  silence(one_matcher, "startsAt", R"("2039-01-01T00:00:00Z")"),
                                  silence(one_matcher, "startsAt", R"("0001-01-01T00:00:00Z")"),
                                  silence(one_matcher, "endsAt", R"("2020-01-01T00:00:00Z")"),
                                  silence(one_matcher, "endsAt", R"("2019-01-01T00:00:00Z")"),
                                  silence(one_matcher, "endsAt", R"("2021-01-01T00:00:00Z")"),
                                  silence(one_matcher, "endsAt", R"("0001-01-01T00:00:00Z")"),
                                  silence(one_matcher, "id", R"("00000000-0000-4000-8000-000000000000")"),
                                  silence(matcher(R"("name":"a","value":"b","isRegex":false,"isEqual":false)")),
                                  silence(matcher(R"("name":"a","value":"","isRegex":false,"isEqual":false)"))}) {
    rows.push_back({"POST", silences, body});
  }
  rows.push_back({"POST", silences, "{}", "text/plain"});
  const std::string unread = R"({"code":400,"message":"parsing silence body from \"\" failed, because )";
  for (const std::string& body :
       {std::string("[]"), std::string("{"), silence("\"x\""), silence(one_matcher, "startsAt", R"("x")"),
        silence(one_matcher, "endsAt", "5"), silence(matcher(R"("name":"a","value":"b","isRegex":"no")"))}) {
    rows.push_back({"POST", silences, body, "application/json", agreement::beginning, unread});
  }
  const std::string invalid = R"("invalid silence: )";
  const std::string nothing = invalid + R"(matcher set 0: at least one matcher must not match the empty string")";
  const auto newer = [&rows](const std::string& members, const std::string& answer) {
    rows.push_back({"POST", silences, silence(matcher(members)), "application/json", agreement::newer, answer});
  };
  newer(R"("name":"a","value":"","isRegex":false)", nothing);
  newer(R"("name":"a","value":".*","isRegex":true)", nothing);
  newer(R"("name":"","value":"b","isRegex":false)",
        invalid + R"(invalid label matcher 0 in set 0: invalid label name \"\"")");
  newer(R"("name":"a","value":"(","isRegex":true)",
        invalid + R"(invalid label matcher 0 in set 0: invalid regular expression \"(\": error parsing regexp: )"
            + R"(missing closing ): `(`")");
  return rows;
}

/// Every parameter of the lists, with values good, bad and odd.
std::vector<std::string> queries() {
  return {"",
          "filter=a",
          "filter=a%3D",
          "filter=a%3Db",
          "filter=team%3D%22b%22",
          "filter=",
          "filter=a%3D~%28",
          "filter=team%3Da&filter=zone%3Dz",
          "filter=a%3Db%2Cx%3Dy",
          "filter=a%3D%22b",
          "filter=team=a",
          "filter=team=\"a\"&filter=zone=~z",
          "filter=team!=a",
          "=a",
          "filter",
          "filter=zone%21%3D%22%22",
          "filter=zone%3D~%22.%2A%22",
          "filter=alertname%21~%22R.%2A%22",
          "filter=a%20%3D%20b",
          "filter=team+%3D+a",
          "filter=%00",
          "filter[]=a",
          "Filter=a",
          "foo=bar",
          "&&&"};
}

std::vector<std::string> alert_queries() {
  auto all = queries();
  for (const std::string more : {"active=junk",
                                 "active=",
                                 "active=0",
                                 "active=1",
                                 "active=false",
                                 "active=FALSE",
                                 "active=t",
                                 "active=true&active=false",
                                 "active=false&active=",
                                 "silenced=false",
                                 "inhibited=false",
                                 "inhibited=false&silenced=false",
                                 "unprocessed=false",
                                 "receiver=",
                                 "receiver=ops",
                                 "receiver=op",
                                 "receiver=team-.",
                                 "receiver=%28",
                                 "receiver=%5B",
                                 "receiver=ops%7Cteam-a",
                                 "receiver=ops&receiver=team-a",
                                 "receiver=nobody"}) {
    all.push_back(more);
  }
  return all;
}

std::vector<row> lists() {
  std::vector<row> rows;
  for (const auto& q : alert_queries()) {
    rows.push_back({"GET", alerts + "?" + q});
    rows.push_back({"GET", alerts + "/groups?" + q});
  }
  for (const auto& q : queries()) rows.push_back({"GET", silences + "?" + q});
  for (const auto* path : {"/receivers", "/receivers?x=1", "/nope", "/", "/alerts/", "/alerts/x", "/silence/",
                           "/silence", "/silence/abc", "/silence/%00"}) {
    rows.push_back({"GET", std::string("/api/v2") + path});
  }
  for (const auto* path : {"/-/healthy", "/-/ready"}) rows.push_back({"GET", path});
  rows.push_back({"POST", "/-/reload"});
  rows.push_back({"DELETE", "/api/v2/silence/abc"});
  return rows;
}

constexpr auto some_alerts = R"([
  {"labels":{"alertname":"Root","team":"a"},"annotations":{"b":"<2>","a":"1"},"generatorURL":"http://x/?a=1&b=2"},
  {"labels":{"alertname":"Leaf","team":"a","zone":"z","job":"j2"}},
  {"labels":{"alertname":"Leaf","team":"a","zone":"z","job":"j1","instance":"i"}},
  {"labels":{"team":"b"}},
  {"labels":{"alertname":"Old"},"endsAt":"2020-01-01T00:00:00Z"}])";

} // namespace

BOOST_AUTO_TEST_SUITE(side_by_side_api)

BOOST_AUTO_TEST_CASE(what_is_posted_is_answered_the_same) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  servers.check(posted_alerts());
  servers.check(posted_silences());
}

BOOST_AUTO_TEST_CASE(what_is_asked_is_answered_the_same) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  servers.post(alerts, some_alerts);
  servers.post(silences, silence(R"([{"name":"team","value":"b","isRegex":false}])"));
  servers.settle();
  servers.check(lists());
}

BOOST_AUTO_TEST_CASE(who_accepts_something_else_is_refused_the_same) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  for (const std::string accept :
       {"text/html", "text/plain", "*/*", "application/*", "application/json", "text/html, */*;q=0.1",
        "application/json;q=0", "text/html;q=0.5,application/json"}) {
    BOOST_TEST_CONTEXT(accept) {
      for (const std::string path : {"/api/v2/alerts", "/api/v2/status", "/api/v2/silences"}) {
        const auto they = servers.their_client.send("GET", path, {}, {{"Accept", accept}});
        const auto we = servers.our_client.send("GET", path, {}, {{"Accept", accept}});
        BOOST_TEST(we.status == they.status, path << " " << we.status << " " << they.status);
        if (they.status == 406) BOOST_TEST(we.body == they.body);
      }
      const auto they =
          servers.their_client.send("POST", alerts, "[]", {{"Accept", accept}, {"Content-Type", "application/json"}});
      const auto we =
          servers.our_client.send("POST", alerts, "[]", {{"Accept", accept}, {"Content-Type", "application/json"}});
      BOOST_TEST(we.status == they.status);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_method_is_told_the_right_ones_and_head_is_one_of_ours) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  for (const std::string path : {"/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/silences", "/api/v2/receivers",
                                 "/api/v2/status", "/api/v2/silence/abc"}) {
    for (const std::string method : {"PUT", "PATCH"}) {
      BOOST_TEST_CONTEXT(method << " " << path) {
        const auto they = servers.their_client.send(method, path, "{}", {{"Content-Type", "application/json"}});
        const auto we = servers.our_client.send(method, path, "{}", {{"Content-Type", "application/json"}});
        BOOST_TEST(they.status == 405);
        BOOST_TEST(we.status == 405);
        // Theirs have no order.
        for (const std::string allowed : {"GET", "POST", "DELETE"}) {
          BOOST_TEST((they.headers.at("allow").find(allowed) == std::string::npos)
                     == (we.headers.at("allow").find(allowed) == std::string::npos));
        }
      }
    }
    BOOST_TEST(servers.their_client.send("HEAD", path).status == 405);
    BOOST_TEST(servers.our_client.send("HEAD", path).status != 405);
  }
}

BOOST_AUTO_TEST_CASE(where_a_newer_alertmanager_answers_otherwise_so_do_we) {
  const auto found = find_alertmanager();
  if (!found) return;
  both servers(*found);
  const std::string unknown = "/api/v2/silence/00000000-0000-4000-8000-000000000000";
  for (const std::string method : {"GET", "DELETE"}) {
    const auto we = servers.our_client.send(method, unknown);
    BOOST_TEST(we.status == 404);
    BOOST_TEST(we.body == "\"silence not found\"\n");
  }
  // Names of labels may be any UTF-8 since 0.27; that a day alone is a moment is ours.
  for (const auto* body : {R"([{"labels":{"a-b":"x"}}])", R"([{"labels":{"a":"x"},"annotations":{"a-b":"x"}}])",
                           R"([{"labels":{"a":"x"},"startsAt":"2026-01-01"}])"}) {
    BOOST_TEST(servers.their_client.post_alerts(body).status == 400, body);
    BOOST_TEST(servers.our_client.post_alerts(body).status == 200, body);
  }
  BOOST_TEST(servers.their_client.send("GET", alerts + "?filter=%E2%9C%93%3Da").status == 400);
  BOOST_TEST(servers.our_client.send("GET", alerts + "?filter=%E2%9C%93%3Da").body == "[]\n");
  BOOST_TEST(servers.our_client.send("GET", alerts + "?filter=%ff").body == "\"matcher is not valid UTF-8\"\n");
  const auto dashed = silence(matcher(R"("name":"a-b","value":"x","isRegex":false)"));
  BOOST_TEST(servers.their_client.post(silences, dashed).status == 400);
  BOOST_TEST(servers.our_client.post(silences, dashed).status == 200);
  // The silence is shown unless it is left out.
  BOOST_TEST(servers.our_client.get(silences + "?active=false").body == "[]\n");
  // A null among the alerts, or among the matchers, ends the request there without an answer.
  BOOST_TEST(servers.their_client.post_alerts("[null]").status == 0);
  BOOST_TEST(servers.our_client.post_alerts("[null]").status == 400);
  const auto status = json(servers.our_client.get("/api/v2/status").body);
  const auto theirs = json(servers.their_client.get("/api/v2/status").body);
  for (const std::string at : {"", "/cluster", "/config", "/versionInfo"}) {
    BOOST_TEST(status.keys(at) == theirs.keys(at), at);
  }
  BOOST_TEST(status.text("/versionInfo/version").value_or("") == "0.34.0");
}

BOOST_AUTO_TEST_SUITE_END()

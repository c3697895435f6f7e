#include <regex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/both_servers.hpp"

// The same commands to amtool, once for Tocsin and once for Alertmanager: what it prints is compared.
using namespace tocsin::e2e;

namespace {

constexpr std::string_view configuration = R"(
route:
  receiver: ops
  group_by: [alertname]
  routes:
    - matchers: [team="a"]
      receiver: team-a
      continue: true
    - matchers: [team=~"a|c"]
      receiver: ops
inhibit_rules:
  - {source_matchers: [alertname="Root"], target_matchers: [alertname="Leaf"], equal: [team]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://127.0.0.1:1/x"}]}
  - name: team-a
)";

constexpr std::string_view imported = R"([{"matchers":[{"name":"imp","value":"1","isRegex":false,"isEqual":true}],
"startsAt":"2026-11-24T08:00:00Z","endsAt":"2041-01-01T00:00:00Z","createdBy":"ann","comment":"imported"}])";

/// Moments and ids are taken out, and what amtool says of another version than its own.
std::string comparable(std::string text) {
  static const std::regex moment(R"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z))");
  static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex version("Warning: amtool version .* are different\\.\n");
  static const std::regex muted(R"("mutedBy":\[\],)");
  text = std::regex_replace(text, moment, "MOMENT");
  text = std::regex_replace(text, uuid, "ID");
  text = std::regex_replace(text, muted, "");
  return std::regex_replace(text, version, "");
}

using words = std::vector<std::string>;

/// amtool with one of the servers.
class tool {
 public:
  tool(std::string binary, std::uint16_t port)
      : binary_(std::move(binary)), url_("--alertmanager.url=http://127.0.0.1:" + std::to_string(port)) {}

  /// `@` stands for the first silence that it made.
  outcome operator()(words command) {
    for (auto& word : command) {
      if (word == "@") word = first_silence_;
    }
    const auto adds = command.size() > 1 && command[0] == "silence" && command[1] == "add";
    command.insert(command.begin(), {binary_, url_});
    auto done = run(command);
    if (adds && done.status == 0 && first_silence_.empty()) first_silence_ = done.out.substr(0, done.out.find('\n'));
    return done;
  }

 private:
  std::string binary_;
  std::string url_;
  std::string first_silence_;
};

struct both : both_servers {
  tool with_theirs;
  tool with_ours;

  both(const std::string& binary, const std::string& amtool)
      : both_servers(binary, configuration), with_theirs(amtool, theirs.port()), with_ours(amtool, ours.port()) {}

  void check(const words& command) {
    std::string text;
    for (const auto& word : command) text += word + " ";
    BOOST_TEST_CONTEXT("amtool " << text) {
      const auto they = with_theirs(command);
      const auto we = with_ours(command);
      BOOST_TEST(we.status == they.status);
      BOOST_TEST(comparable(we.out) == comparable(they.out));
      BOOST_TEST(comparable(we.err) == comparable(they.err));
    }
  }
  void check(const std::vector<words>& commands) {
    for (const auto& command : commands) check(command);
  }
  /// Alertmanager finds out a moment after its answer whom an alert is told and what inhibits it.
  void settle() {
    const auto shown = [](std::uint16_t port) { return comparable(api(port).get("/api/v2/alerts").body); };
    BOOST_TEST(eventually(5s, [&] { return shown(theirs.port()) == shown(ours.port()); }));
  }
};

const std::vector<words> additions{
    {"alert", "add", "alertname=Root", "team=a", "--annotation=summary=x y", "--generator-url=http://g/"},
    {"alert", "add", "Leaf", "team=a", "zone=z", "--start=2026-11-24T08:00:00Z", "--end=2040-01-01T00:00:00Z"},
    {"alert", "add", "team=b"},
    {"alert", "add", "alertname=Old", "--end=2026-11-24T08:00:00Z"},
    {"alert", "add"},
    {"silence", "add", "team=b", "--author=ann", "--comment=c", "--duration=1h"},
    {"silence", "add", "alertname=~X.*", "-a", "ann", "-c", "d", "-d", "2h", "--start=2039-01-01T00:00:00Z"},
    {"silence", "add", "service!=shop", "team!~a|b", "-a", "joe", "-c", "e", "--end=2040-01-01T00:00:00Z"},
    {"silence", "add", "team=c"},
    {"silence", "add"},
    {"silence", "add", "team=c", "-a", "x", "-c", "c", "--end=2020-01-01T00:00:00Z"}};

const std::vector<words> questions{{"alert"},
                                   {"alert", "query"},
                                   {"alert", "query", "-o", "simple"},
                                   {"alert", "query", "-o", "extended"},
                                   {"alert", "query", "-o", "json"},
                                   {"alert", "query", "Root"},
                                   {"alert", "query", "team=a"},
                                   {"alert", "query", "team=~a|b", "--silenced"},
                                   {"alert", "query", "--active"},
                                   {"alert", "query", "--inhibited"},
                                   {"alert", "query", "--unprocessed"},
                                   {"alert", "query", "--receiver=team-a"},
                                   {"alert", "query", "--receiver=("},
                                   {"silence", "query"},
                                   {"silence", "query", "-o", "extended"},
                                   {"silence", "query", "-o", "json"},
                                   {"silence", "query", "-q"},
                                   {"silence", "query", "team=b"},
                                   {"silence", "query", "--created-by=ann"},
                                   {"silence", "query", "--within=90m"},
                                   {"silence", "query", "--expired"},
                                   {"config", "routes"},
                                   {"config", "routes", "show"},
                                   {"config", "routes", "test", "team=a", "alertname=Leaf"},
                                   {"config", "routes", "test", "--verify.receivers=ops", "team=b"},
                                   {"config", "routes", "test", "--verify.receivers=team-a", "team=b"},
                                   {"config", "routes", "test", "--tree", "team=a"},
                                   {"cluster", "show"},
                                   {"cluster", "show", "-o", "extended"}};

} // namespace

BOOST_AUTO_TEST_SUITE(amtool)

BOOST_AUTO_TEST_CASE(prints_the_same_whichever_of_the_two_it_asks) {
  const auto binary = find_alertmanager();
  // They come in one package.
  const auto amtool = find_peer("amtool");
  if (!binary || !amtool) return;
  temporary_folder folder;
  const auto file = folder.write("silences.json", imported);
  both servers(*binary, *amtool);
  servers.check(additions);
  servers.settle();
  servers.check(questions);
  servers.check({{"silence", "update", "@", "--duration=3h", "--comment=new"},
                 {"silence", "expire", "@"},
                 {"silence", "query", "--expired"},
                 {"silence", "query", "-q"},
                 {"silence", "expire", "abc"},
                 {"silence", "expire"},
                 {"silence", "import", file},
                 {"silence", "query"},
                 {"silence", "import", "--force", file}});
  // Whichever way it is written, it is the configuration, and amtool can read it.
  const auto shown = servers.with_ours({"config", "show"});
  BOOST_TEST(shown.status == 0);
  const auto as_shown = folder.write("shown.yml", shown.out);
  for (const auto& each : {as_shown, folder.write("alertmanager.yml", configuration)}) {
    const auto checked = run({*amtool, "check-config", each});
    BOOST_TEST(checked.status == 0, checked.out << checked.err);
    BOOST_TEST(checked.out.find(" - 1 inhibit rules\n - 2 receivers\n") != std::string::npos, checked.out);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "config/command_line.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "config/load.hpp"
#include "tests/config/support.hpp"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

result<config::command_line> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "tocsin");
  return config::parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "test");
}

config::config_ptr built_in() {
  return config::built_in([](std::string_view) { return std::optional<std::string>{}; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(the_retention_is_read_as_alertmanager_writes_it_and_as_people_do) {
  for (const auto& [argument, kept] : std::vector<std::pair<const char*, duration>>{{"--data.retention=120h", 120h},
                                                                                    {"--data.retention=120h0m0s", 120h},
                                                                                    {"--data.retention=90d", 90 * 24h},
                                                                                    {"--data.retention=24h", 24h},
                                                                                    {"--data.retention=0", 0h},
                                                                                    {"--data.retention=0s", 0h}}) {
    const auto line = parse({argument});
    BOOST_REQUIRE_MESSAGE(line, argument);
    BOOST_TEST((line->retention == kept), argument);
    BOOST_TEST(line->without_effect.empty());
  }
  BOOST_TEST((parse({"--data.retention", "2d", "--data.retention", "3d"})->retention == 72h));
  BOOST_TEST(!parse({})->retention.has_value());
}

BOOST_AUTO_TEST_CASE(a_retention_that_is_none_is_refused) {
  for (const std::string bad : {"5", "-1d", "forever", "23h59m", "1ms"}) {
    const auto line = parse({"--data.retention", bad.c_str()});
    BOOST_REQUIRE_MESSAGE(!line, bad);
    BOOST_TEST(line.error().message
               == "--data.retention: expected 0 (keep for ever) or a duration of at least 1d such as 90d, found \""
                      + bad + "\"");
  }
}

BOOST_AUTO_TEST_CASE(the_flag_wins_over_the_configuration) {
  config::command_line line;
  BOOST_TEST((config::with_flags(built_in(), line)->retention == 90 * 24h));
  line.retention = 120h;
  const auto loaded = built_in();
  const auto changed = config::with_flags(loaded, line);
  BOOST_TEST((changed->retention == 120h));
  BOOST_TEST(changed->generation == loaded->generation);
  BOOST_TEST(config::summary(*changed).find("history kept 5d") != std::string::npos, config::summary(*changed));
  line.retention = 0h;
  BOOST_TEST((config::with_flags(loaded, line)->retention == 0h));
}

BOOST_AUTO_TEST_CASE(flags_of_alertmanager_that_mean_nothing_here_are_named) {
  const auto line =
      parse({"--cluster.listen-address=:9094", "--data.maintenance-interval=15m", "--data.retention=120h"});
  BOOST_REQUIRE(line);
  BOOST_TEST(
      line->without_effect == (std::vector<std::string>{"--cluster.listen-address", "--data.maintenance-interval"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_import_and_an_export_take_their_file_and_flags_anywhere) {
  const auto import = parse({"history", "import", "old.csv", "--storage.path=other", "--dry-run", "--close-open",
                             "--from-start", "--format=ndjson", "--data.retention=30d"});
  BOOST_REQUIRE_MESSAGE(import, (import ? "" : import.error().message));
  BOOST_CHECK(import->what == config::command_line::action::import_history);
  BOOST_TEST(import->history.file == "old.csv");
  BOOST_TEST(import->history.format == "ndjson");
  BOOST_TEST(import->storage_path == "other");
  BOOST_TEST((import->history.dry_run && import->history.close_open && import->history.from_start));
  BOOST_TEST((import->retention == 30 * 24h));

  const auto plain = parse({"--storage.path=other", "history", "import", "old.db"});
  BOOST_REQUIRE(plain);
  BOOST_TEST(plain->history.format == "");
  BOOST_TEST(!(plain->history.dry_run || plain->history.close_open || plain->history.from_start));

  const auto copied = parse({"history", "export", "copy.db", "--force", "--format=sqlite", "--storage.path=other"});
  BOOST_REQUIRE(copied);
  BOOST_CHECK(copied->what == config::command_line::action::export_history);
  BOOST_TEST(copied->history.file == "copy.db");
  BOOST_TEST(copied->history.force);
}

BOOST_AUTO_TEST_CASE(a_history_command_that_lacks_something_is_refused) {
  BOOST_CHECK(!parse({"history"}));
  BOOST_CHECK(!parse({"history", "import"}));
  BOOST_CHECK(!parse({"history", "export"}));
  BOOST_CHECK(!parse({"history", "import", "a.csv", "--format=xml"}));
  BOOST_CHECK(!parse({"history", "export", "a.db", "--dry-run"}));
}

BOOST_AUTO_TEST_CASE(every_flag_that_alertmanager_has_is_taken) {
  for (const std::string flag : {"--config.file",
                                 "--storage.path",
                                 "--data.maintenance-interval",
                                 "--silences.max-silences",
                                 "--silences.max-silence-size-bytes",
                                 "--alerts.gc-interval",
                                 "--alerts.per-alertname-limit",
                                 "--dispatch.maintenance-interval",
                                 "--dispatch.start-delay",
                                 "--web.config.file",
                                 "--web.get-concurrency",
                                 "--web.timeout",
                                 "--web.ui-path",
                                 "--auto-gomemlimit.ratio",
                                 "--cluster.listen-address",
                                 "--cluster.advertise-address",
                                 "--cluster.peer-name",
                                 "--cluster.peer",
                                 "--cluster.peer-timeout",
                                 "--cluster.peers-resolve-timeout",
                                 "--cluster.gossip-interval",
                                 "--cluster.pushpull-interval",
                                 "--cluster.tcp-timeout",
                                 "--cluster.probe-timeout",
                                 "--cluster.probe-interval",
                                 "--cluster.settle-timeout",
                                 "--cluster.reconnect-interval",
                                 "--cluster.reconnect-timeout",
                                 "--cluster.tls-config",
                                 "--cluster.label",
                                 "--enable-feature"}) {
    const auto joined = flag + "=1m30s";
    const auto empty = flag + "=";
    BOOST_TEST(parse({joined.c_str()}).has_value(), flag);
    BOOST_TEST(parse({flag.c_str(), "-1"}).has_value(), flag);
    BOOST_TEST(parse({empty.c_str()}).has_value(), flag);
    BOOST_TEST(parse({joined.c_str(), joined.c_str()}).has_value(), flag << " twice");
    const auto bare = parse({flag.c_str()});
    BOOST_REQUIRE(!bare);
    BOOST_TEST(bare.error().message == "expected a value behind " + flag + "; see tocsin --help");
  }
  for (const std::string name : {"web.systemd-socket", "cluster.allow-insecure-public-advertise-address-discovery"}) {
    const auto on = "--" + name;
    const auto off = "--no-" + name;
    BOOST_TEST(parse({on.c_str()}).has_value(), on);
    BOOST_TEST(parse({off.c_str()})->without_effect.empty(), off);
  }
  BOOST_TEST(parse({"--web.systemd-socket"})->systemd_socket);
  BOOST_TEST(!parse({"--web.systemd-socket", "--no-web.systemd-socket"})->systemd_socket);
  for (const auto* help : {"-h", "--help", "--help-long"}) {
    const auto line = parse({help});
    BOOST_REQUIRE(line);
    BOOST_TEST((line->what == config::command_line::action::print), help);
    BOOST_TEST(line->text.find("--web.listen-address") != std::string::npos);
  }
  BOOST_TEST(parse({"--help-man"})->text.find("\\-\\-web.listen\\-address") != std::string::npos);
  BOOST_TEST(parse({"--version"})->text == "tocsin test\n");
}

BOOST_AUTO_TEST_CASE(an_empty_value_does_not_swallow_the_next_flag) {
  const auto line = parse({"--cluster.listen-address=", "--storage.path=/d", "--config.file=", "--log.level=warn"});
  BOOST_REQUIRE(line);
  BOOST_TEST(line->storage_path == "/d");
  BOOST_TEST(line->config_file.empty());
  BOOST_TEST(line->log_level == "warn");
  BOOST_TEST(parse({"--cluster.listen-address", "", "--log.level", "warn"})->log_level == "warn");
  BOOST_TEST(parse({"--cluster.peer-timeout", "--log.level=warn"}).error().message
             == "expected a value behind --cluster.peer-timeout; see tocsin --help");
}

BOOST_AUTO_TEST_CASE(addresses_may_be_several_and_stand_for_every_interface) {
  const auto line = parse(
      {"--web.listen-address=:9093", "--web.listen-address", "127.0.0.1:9094", "--web.listen-address=[::1]:9095"});
  BOOST_REQUIRE(line);
  BOOST_REQUIRE(line->listen.size() == 3U);
  BOOST_TEST(to_string(line->listen[0]) == "[::]:9093");
  BOOST_TEST(to_string(line->listen[1]) == "127.0.0.1:9094");
  BOOST_TEST(to_string(line->listen[2]) == "[::1]:9095");
  BOOST_TEST(to_string(parse({})->listen.front()) == "127.0.0.1:9095");
  for (const std::string bad : {"9093", "::1:9093", "host:", "host:70000", "host:x", "", "vsock://:1"}) {
    const auto flag = "--web.listen-address=" + bad;
    const auto refused = parse({flag.c_str()});
    BOOST_REQUIRE_MESSAGE(!refused, bad);
    BOOST_TEST(refused.error().message
               == "--web.listen-address: expected HOST:PORT, such as 127.0.0.1:9095 or :9095, found \"" + bad + "\"");
  }
  BOOST_TEST(parse({"--web.listen-address=:1", "--web.listen-address=:1"}).error().message
             == "--web.listen-address: \":1\" is given twice; give each address once");
}

BOOST_AUTO_TEST_CASE(the_prefix_is_given_or_the_path_of_the_external_url) {
  struct row {
    std::vector<const char*> flags;
    std::string url;
    std::string prefix;
  };
  for (const auto& [flags, url, prefix] : std::vector<row>{
           {{}, "", ""},
           {{"--web.external-url=http://x.example/am/"}, "http://x.example/am", "/am"},
           {{"--web.external-url=https://x.example:1/a/b"}, "https://x.example:1/a/b", "/a/b"},
           {{"--web.external-url=http://x.example/"}, "http://x.example", ""},
           {{"--web.external-url=http://x.example/am", "--web.route-prefix=/"}, "http://x.example/am", ""},
           {{"--web.external-url=http://x.example/am", "--web.route-prefix="}, "http://x.example/am", "/am"},
           {{"--web.route-prefix=p"}, "", "/p"},
           {{"--web.route-prefix=/p/q/"}, "", "/p/q"}}) {
    const auto line = parse(flags);
    BOOST_REQUIRE_MESSAGE(line, url);
    BOOST_TEST(line->external_url == url);
    BOOST_TEST(line->route_prefix == prefix, url << " " << line->route_prefix);
  }
  for (const std::string bad :
       {"x.example", "ftp://x.example", "http://", "http:///am", "http://x/?a=b", "http://x y"}) {
    const auto flag = "--web.external-url=" + bad;
    const auto refused = parse({flag.c_str()});
    BOOST_REQUIRE_MESSAGE(!refused, bad);
    BOOST_TEST(refused.error().message.find("--web.external-url: expected an http or https URL") == 0U);
  }
  for (const std::string bad : {"/a//b", "/a?b", "/(x)", "/ä"}) {
    const auto flag = "--web.route-prefix=" + bad;
    const auto refused = parse({flag.c_str()});
    BOOST_REQUIRE_MESSAGE(!refused, bad);
    BOOST_TEST(refused.error().message
               == "--web.route-prefix: expected a path of letters, digits and -._~, such as /alerts, found \"" + bad
                      + "\"");
  }
}

BOOST_AUTO_TEST_CASE(what_a_check_is_to_read_stands_before_or_behind_it) {
  const auto line = parse({"check-config", "am.yml", "--config.skip-unknown-receivers", "--web.config.file=web.yml"});
  BOOST_REQUIRE(line);
  BOOST_TEST(line->config_file == "am.yml");
  BOOST_TEST(line->skip_unknown_receivers);
  BOOST_TEST(line->web_config_file == "web.yml");
  BOOST_TEST(parse({"--config.skip-unknown-receivers", "check-config", "am.yml"})->skip_unknown_receivers);
  BOOST_TEST(!parse({"--config.skip-unknown-receivers", "--no-config.skip-unknown-receivers"})->skip_unknown_receivers);
}

BOOST_AUTO_TEST_SUITE_END()

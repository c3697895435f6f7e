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

BOOST_AUTO_TEST_SUITE_END()

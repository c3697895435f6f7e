#include "storage/active_view.hpp"

#include <map>

#include "storage/change_probe.hpp"
#include "tests/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;

namespace {

struct with_alerts : open_database {
  with_alerts() {
    auto plain = sample_episode(2, 7);
    plain.state.acknowledged_at.reset();
    plain.state.acknowledged_by.clear();
    plain.state.suppressed_by.clear();
    plain.state.current_severity = severity::warning;
    plain.state.level = escalation_level{1};
    plain.state.escalation = {"first", 1, at(40)};
    auto over = sample_episode(3, 7);
    over.state.ended_at = at(900);
    over.state.status = episode_status::resolved;
    write(batch_of({sample_episode(1), plain, over}));
  }

  void look(const std::function<void(active_view&)>& at_it) {
    reader reading(where);
    reading.look_at_active(at_it);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(looking_at_what_fires)

BOOST_FIXTURE_TEST_CASE(each_alert_that_fires_is_visited_as_it_stands, with_alerts) {
  std::map<std::int64_t, int> seen;
  look([&](active_view& view) {
    view.visit([&](const active_standing& a) {
      ++seen[a.id.value];
      const auto number = std::to_string(a.id.value);
      BOOST_TEST(a.labels.get("device") == number);
      BOOST_TEST((a.starts_at == at(a.id.value)));
      if (a.id.value == 1) {
        BOOST_TEST(a.group.value == 1);
        BOOST_TEST((a.current_severity == severity::critical));
        BOOST_TEST(a.level.value() == 2);
        BOOST_TEST(a.acknowledged);
        BOOST_TEST(a.acknowledged_by == "Zoë 1");
        BOOST_TEST(a.suppressed);
        BOOST_TEST(a.policy == "default");
        BOOST_TEST(a.step == 3);
      } else {
        BOOST_TEST(a.group.value == 7);
        BOOST_TEST((a.current_severity == severity::warning));
        BOOST_TEST(a.level.value() == 1);
        BOOST_TEST(!a.acknowledged);
        BOOST_TEST(!a.suppressed);
        BOOST_TEST(a.policy == "first");
        BOOST_TEST(a.step == 1);
        BOOST_TEST((a.step_since == at(40)));
      }
    });
  });
  BOOST_TEST((seen == std::map<std::int64_t, int>{{1, 1}, {2, 1}}));
}

BOOST_FIXTURE_TEST_CASE(alerts_are_read_in_the_order_that_is_asked_for_without_those_that_ended, with_alerts) {
  look([](active_view& view) {
    const std::vector<episode_id> ids{episode_id{2}, episode_id{3}, episode_id{99}, episode_id{1}};
    const auto found = view.read(ids);
    BOOST_REQUIRE_EQUAL(found.size(), 2U);
    BOOST_TEST(found[0].id.value == 2);
    check_same(found[1], sample_episode(1));
  });
}

BOOST_FIXTURE_TEST_CASE(the_channels_that_were_told_of_any_alert_of_a_group_are_found_once_each, with_alerts) {
  write_batch told;
  told.told = {{group_id{7}, episode_id{2}, {"ops/slack/0", "ops/email/0"}},
               {group_id{7}, episode_id{3}, {"ops/slack/0"}},
               {group_id{1}, episode_id{1}, {"other/webhook/0"}}};
  write(told);
  look([](active_view& view) {
    BOOST_TEST((view.channels_told(group_id{7}) == std::vector<std::string>{"ops/email/0", "ops/slack/0"}));
    BOOST_TEST(view.channels_told(group_id{8}).empty());
  });
  write_batch untold;
  untold.told = {{group_id{7}, episode_id{2}, {}}};
  write(untold);
  look([](active_view& view) {
    BOOST_TEST((view.channels_told(group_id{7}) == std::vector<std::string>{"ops/slack/0"}));
  });
}

BOOST_FIXTURE_TEST_CASE(a_group_is_found_by_its_route_and_labels_and_by_nothing_less, with_alerts) {
  const auto labels = label_set::of({{"alertname", "Disk \"full\""}, {"service", "lédger"}});
  write_batch groups;
  groups.groups = {{group_id{7}, "ops@{}", labels, {}, {}, {}}, {group_id{8}, "ops@{}", {}, {}, {}, {}}};
  write(groups);
  look([&](active_view& view) {
    const std::vector<group_name> names{
        {"ops@{}", {}}, {"ops@{}", labels}, {"other@{}", labels}, {"ops@{}", label_set::of({{"service", "lédger"}})}};
    const auto found = view.find_groups(names);
    BOOST_REQUIRE_EQUAL(found.size(), 4U);
    BOOST_TEST((found[0] == group_id{8}));
    BOOST_TEST((found[1] == group_id{7}));
    BOOST_TEST(!found[2].has_value());
    BOOST_TEST(!found[3].has_value());
    BOOST_TEST(view.find_groups({}).empty());
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(seeing_that_something_changed)

BOOST_FIXTURE_TEST_CASE(the_version_is_another_after_a_commit_and_only_then, open_database) {
  change_probe probe(where);
  const auto first = probe.version();
  BOOST_TEST(probe.version() == first);
  write(batch_of({sample_episode(1)}));
  const auto second = probe.version();
  BOOST_TEST(second != first);
  BOOST_TEST(probe.version() == second);
  // Whoever only reads changes nothing.
  reader reading(where);
  BOOST_TEST(reading.find(episode_id{1}).has_value());
  BOOST_TEST(probe.version() == second);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_cannot_be_watched) {
  const scratch_folder empty;
  BOOST_CHECK_THROW(change_probe({empty.path()}), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()

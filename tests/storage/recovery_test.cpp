#include "fixture.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

using ids = std::vector<std::int64_t>;

episode_update end_of(episode e, std::int64_t seconds) {
  e.state.status = episode_status::resolved;
  e.state.ended_at = at(seconds);
  return {e.id, e.state};
}

ids notifications_of(const recovered_state& state) {
  ids found;
  for (const auto& n : state.unfinished) found.push_back(n.intent.id.value);
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(an_empty_database_recovers_to_nothing) {
  open_database db;
  const auto state = db.writer.recover();
  BOOST_CHECK(!state.last_episode);
  BOOST_CHECK(!state.last_group);
  BOOST_CHECK(!state.last_notification);
  BOOST_CHECK(state.episodes.empty());
  BOOST_CHECK(state.groups.empty());
  BOOST_CHECK(state.told.empty());
  BOOST_CHECK(state.unfinished.empty());
  BOOST_CHECK(state.silences.empty());
  BOOST_CHECK(state.recent.empty());
}

BOOST_AUTO_TEST_CASE(active_episodes_come_back_and_ended_ones_only_while_somebody_must_hear_of_them) {
  open_database db;
  std::vector<episode> all;
  for (std::int64_t id = 1; id <= 5; ++id) all.push_back(sample_episode(id));
  auto batch = batch_of({all[4], all[2], all[0], all[1], all[3]});
  batch.updated = {end_of(all[1], 50), end_of(all[2], 51), end_of(all[3], 52)};
  batch.told = {{group_id{1}, episode_id{3}, {"ops/webhook/0"}}};
  batch.intents = {sample_intent(1, {{episode_id{4}, true}})};
  db.write(batch);
  // 2 ended and nobody believes otherwise; 3 was told as firing; 4 waits in the outbox.
  BOOST_CHECK((ids_of(db.writer.recover().episodes) == ids{1, 3, 4, 5}));

  write_batch settled;
  settled.told = {{group_id{1}, episode_id{3}, {}}};
  settled.attempts = {sample_attempt(1)};
  db.write(settled);
  const auto state = db.writer.recover();
  BOOST_CHECK((ids_of(state.episodes) == ids{1, 5}));
  BOOST_CHECK(state.told.empty());
  BOOST_CHECK(state.unfinished.empty());
}

BOOST_AUTO_TEST_CASE(a_group_comes_back_as_it_was_last_saved) {
  open_database db;
  const auto labels = label_set::of({{"team", "a"}});
  write_batch batch;
  batch.groups = {{group_id{1}, "0/1", labels, at(1), {}, {}}, {group_id{2}, "0", {}, {}, at(4), at(5)}};
  db.write(batch);
  batch.groups = {{group_id{1}, "0/2", labels, {}, at(2), at(3)}};
  db.write(batch);

  const auto groups = db.writer.recover().groups;
  BOOST_REQUIRE_EQUAL(groups.size(), 2);
  BOOST_CHECK(groups[0].id == group_id{1});
  BOOST_CHECK_EQUAL(groups[0].route_key, "0/2");
  BOOST_CHECK(groups[0].labels == labels);
  BOOST_CHECK(!groups[0].flush_at);
  BOOST_CHECK(groups[0].flushed_at == at(2));
  BOOST_CHECK(groups[0].notified_at == at(3));
  BOOST_CHECK(groups[1].labels.empty());
  BOOST_CHECK(groups[1].flushed_at == at(4));
}

BOOST_AUTO_TEST_CASE(a_closed_group_is_gone_with_what_it_told_but_its_id_is_not_used_again) {
  open_database db;
  write_batch batch;
  batch.groups = {{group_id{7}, "0", {}, {}, {}, {}}, {group_id{8}, "0", {}, {}, {}, {}}};
  batch.told = {{group_id{7}, episode_id{1}, {"a"}}, {group_id{8}, episode_id{2}, {"b"}}};
  db.write(batch);
  write_batch close;
  close.closed_groups = {group_id{8}};
  db.write(close);

  const auto state = db.writer.recover();
  BOOST_REQUIRE_EQUAL(state.groups.size(), 1);
  BOOST_CHECK(state.groups[0].id == group_id{7});
  BOOST_REQUIRE_EQUAL(state.told.size(), 1);
  BOOST_CHECK(state.told[0].group == group_id{7});
  BOOST_CHECK(state.last_group == group_id{8});
}

BOOST_AUTO_TEST_CASE(the_highest_ids_outlive_their_rows) {
  open_database db;
  auto batch = batch_of({sample_episode(12, 30)});
  batch.intents = {sample_intent(40, {{episode_id{12}, false}}, 31)};
  db.write(batch);
  write_batch finish;
  finish.attempts = {sample_attempt(40)};
  db.write(finish);

  storage::writer again(db.where);
  const auto state = again.recover();
  BOOST_CHECK(state.last_episode == episode_id{12});
  BOOST_CHECK(state.last_group == group_id{31});
  BOOST_CHECK(state.last_notification == notification_id{40});
}

BOOST_AUTO_TEST_CASE(ids_of_a_batch_that_was_rolled_back_may_be_used) {
  open_database db;
  db.write(batch_of({sample_episode(3)}));
  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(9)})));
  db.writer.rollback();
  BOOST_CHECK(storage::writer(db.where).recover().last_episode == episode_id{3});
}

BOOST_AUTO_TEST_CASE(a_notification_that_some_have_counts_once_however_it_ends) {
  for (const bool reaches_the_rest : {true, false}) {
    open_database db;
    const auto e = sample_episode(1);
    auto batch = batch_of({e});
    batch.intents = {sample_intent(1, {{e.id, false}})};
    db.write(batch);
    auto first = sample_attempt(1);
    first.success = first.told = true;
    first.next_attempt_at = at(100);
    auto last = sample_attempt(1);
    last.success = reaches_the_rest;
    last.told = true;
    last.retry_count = 1;
    last.next_attempt_at.reset();
    write_batch attempts;
    attempts.attempts = {first, last};
    db.write(attempts);
    BOOST_CHECK_EQUAL(storage::reader(db.where).find(e.id)->notification_count, 1);
    BOOST_TEST(db.writer.recover().unfinished.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_unfinished_notification_comes_back_with_its_attempts) {
  open_database db;
  auto batch = batch_of({sample_episode(1), sample_episode(2)});
  // The order of its alerts is part of the message.
  const auto waiting = sample_intent(1, {{episode_id{2}, false}, {episode_id{1}, true}});
  const auto untried = sample_intent(2, {});
  batch.intents = {waiting, untried};
  db.write(batch);
  write_batch tries;
  for (std::int32_t retry : {0, 1}) {
    auto a = sample_attempt(1);
    a.success = false;
    a.retry_count = retry;
    a.next_attempt_at = at(100 + retry);
    tries.attempts.push_back(a);
  }
  db.write(tries);

  const auto unfinished = db.writer.recover().unfinished;
  BOOST_REQUIRE_EQUAL(unfinished.size(), 2);
  check_same(unfinished[0].intent, waiting);
  BOOST_CHECK_EQUAL(unfinished[0].attempts, 2);
  BOOST_CHECK(unfinished[0].next_attempt_at == at(101));
  check_same(unfinished[1].intent, untried);
  BOOST_CHECK_EQUAL(unfinished[1].attempts, 0);
  BOOST_CHECK(unfinished[1].next_attempt_at == untried.created_at);
}

BOOST_AUTO_TEST_CASE(every_reason_comes_back) {
  open_database db;
  using enum notification_reason;
  const std::vector<notification_reason> reasons{first_notification,
                                                 new_alerts_added,
                                                 some_alerts_resolved,
                                                 all_alerts_resolved,
                                                 repeat_interval_elapsed,
                                                 escalated,
                                                 flapping,
                                                 cascade};
  write_batch batch;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    batch.intents.push_back(sample_intent(static_cast<std::int64_t>(i) + 1, {}));
    batch.intents.back().reason = reasons[i];
  }
  db.write(batch);
  std::vector<notification_reason> found;
  for (const auto& n : db.writer.recover().unfinished) found.push_back(n.intent.reason);
  BOOST_CHECK(found == reasons);
}

BOOST_AUTO_TEST_CASE(a_notification_that_failed_for_good_leaves_the_outbox_uncounted) {
  open_database db;
  auto batch = batch_of({sample_episode(1)});
  batch.intents = {sample_intent(1, {{episode_id{1}, false}})};
  auto failed = sample_attempt(1);
  failed.success = false;
  batch.attempts = {failed};
  db.write(batch);
  BOOST_CHECK(db.writer.recover().unfinished.empty());
  const auto row = storage::reader(db.where).find(episode_id{1});
  BOOST_REQUIRE(row);
  BOOST_CHECK_EQUAL(row->notification_count, 0);
  BOOST_CHECK(row->notification_channels.empty());
}

BOOST_AUTO_TEST_CASE(one_group_recovers_what_is_its_own) {
  open_database db;
  std::vector<episode> all;
  for (std::int64_t id = 1; id <= 6; ++id) all.push_back(sample_episode(id, id % 2));
  auto batch = batch_of(all);
  batch.updated = {end_of(all[0], 50), end_of(all[2], 50)};
  batch.groups = {{group_id{1}, "0", {}, {}, {}, {}}, {group_id{2}, "0", {}, {}, {}, {}}};
  batch.told = {{group_id{1}, episode_id{3}, {"x"}}, {group_id{2}, episode_id{4}, {"y"}}};
  batch.intents = {sample_intent(1, {{episode_id{5}, false}}, 1), sample_intent(2, {{episode_id{4}, false}}, 2)};
  db.write(batch);

  const auto state = db.writer.recover_group(group_id{1});
  // 1 has ended and nobody waits for word of it.
  BOOST_CHECK((ids_of(state.episodes) == ids{3, 5}));
  BOOST_REQUIRE_EQUAL(state.groups.size(), 1);
  BOOST_CHECK(state.groups[0].id == group_id{1});
  BOOST_REQUIRE_EQUAL(state.told.size(), 1);
  BOOST_CHECK(state.told[0].episode == episode_id{3});
  BOOST_CHECK((notifications_of(state) == ids{1}));
  BOOST_REQUIRE_EQUAL(state.unfinished[0].intent.alerts.size(), 1);
  BOOST_CHECK(state.last_episode == episode_id{6});

  const auto unknown = db.writer.recover_group(group_id{99});
  BOOST_CHECK(unknown.episodes.empty());
  BOOST_CHECK(unknown.groups.empty());
}

BOOST_AUTO_TEST_CASE(silences_come_back_in_order_of_id) {
  open_database db;
  const auto first = sample_silence("0aa0");
  auto second = sample_silence("9bb9");
  second.recurrence.clear();
  second.matched_at.reset();
  write_batch batch;
  batch.silences = {second, first};
  db.write(batch);
  const auto found = db.writer.recover().silences;
  BOOST_REQUIRE_EQUAL(found.size(), 2);
  check_same(found[0], first);
  check_same(found[1], second);
}

BOOST_AUTO_TEST_CASE(the_alerts_of_the_hour_before_the_newest_come_back_oldest_first) {
  open_database db;
  // Arrivals; ids are not in their order.
  const std::vector<std::int64_t> arrivals{0, 7200, 3600, 3599, 5000, 5000};
  std::vector<episode> all;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    all.push_back(sample_episode(static_cast<std::int64_t>(i) + 1, 1 + static_cast<std::int64_t>(i) % 2));
    all.back().received_at = at(arrivals[i]);
  }
  all[4].state.ended_at = at(5003);
  db.write(batch_of(all));

  const auto recent_ids = [](const recovered_state& state) {
    ids found;
    for (const auto& e : state.recent) found.push_back(e.id.value);
    return found;
  };
  const auto state = db.writer.recover();
  BOOST_CHECK((recent_ids(state) == ids{3, 5, 6, 2}));
  const auto& ended = state.recent[1];
  BOOST_CHECK(ended.labels == all[4].labels);
  BOOST_CHECK(ended.group == all[4].group);
  BOOST_CHECK(ended.declared_severity == severity::info);
  BOOST_CHECK(ended.received_at == at(5000));
  BOOST_CHECK(ended.ended_at == at(5003));
  BOOST_CHECK(!state.recent[0].ended_at);

  // The hour is the same for a group that saw nothing of late.
  BOOST_CHECK((recent_ids(db.writer.recover_group(group_id{1})) == ids{3, 5}));
  BOOST_CHECK((recent_ids(db.writer.recover_group(group_id{2})) == ids{6, 2}));
}

BOOST_AUTO_TEST_CASE(of_a_storm_only_the_newest_ten_thousand_come_back) {
  open_database db;
  std::vector<episode> all;
  for (std::int64_t id = 1; id <= 10'005; ++id) {
    all.push_back(sample_episode(id));
    all.back().received_at = at(id / 100);
  }
  db.write(batch_of(std::move(all)));
  const auto recent = db.writer.recover().recent;
  BOOST_REQUIRE_EQUAL(recent.size(), 10'000);
  BOOST_CHECK(recent.front().id == episode_id{6});
  BOOST_CHECK(recent.back().id == episode_id{10'005});
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/notification_statistics.hpp"

#include "tests/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;

namespace {

attempt_record attempt(std::int64_t notification, std::string channel, bool success, timestamp when,
                       std::int32_t retry_count, std::int64_t took_ms) {
  auto a = sample_attempt(notification);
  a.channel = std::move(channel);
  a.success = success;
  a.at = when;
  a.retry_count = retry_count;
  a.took = duration{took_ms};
  a.message = success ? "200 OK" : "failed " + std::to_string(notification);
  return a;
}

struct with_attempts : open_database {
  // `at(0)` plus a day is another day.
  static constexpr std::int64_t day = 86'400;

  with_attempts() {
    write_batch batch;
    batch.attempts = {
        attempt(1, "ops/webhook/0", false, at(0), 0, 100), attempt(1, "ops/webhook/0", true, at(5), 1, 20),
        attempt(2, "ops/webhook/0", true, at(day), 0, 30), attempt(3, "ops/slack/0", false, at(day + 1), 0, 10),
        attempt(4, "night/webhook/0", true, at(day + 2), 0, 50)};
    write(batch);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(counting_attempts)

BOOST_FIXTURE_TEST_CASE(attempts_are_counted_by_channel_and_by_day, with_attempts) {
  const auto found = reader(where).attempts(at(0), std::nullopt);
  BOOST_REQUIRE_EQUAL(found.channels.size(), 3U);
  BOOST_TEST(found.channels[0].channel == "night/webhook/0");
  BOOST_TEST(found.channels[1].channel == "ops/slack/0");
  BOOST_TEST(found.channels[1].kind == "slack");
  BOOST_TEST(found.channels[1].counts.delivered == 0);
  BOOST_TEST(found.channels[1].counts.failed == 1);
  const auto& webhook = found.channels[2];
  BOOST_TEST(webhook.channel == "ops/webhook/0");
  BOOST_TEST(webhook.kind == "webhook");
  BOOST_TEST(webhook.counts.attempts() == 3);
  BOOST_TEST(webhook.counts.notifications() == 2);
  BOOST_TEST(webhook.counts.delivered == 2);
  BOOST_TEST(webhook.counts.failed == 1);
  BOOST_TEST(webhook.counts.retries == 1);
  BOOST_TEST(webhook.counts.took.count() == 150);

  BOOST_REQUIRE_EQUAL(found.by_day.size(), 2U);
  const auto& [first_day, first] = *found.by_day.begin();
  const auto& [last_day, last] = *found.by_day.rbegin();
  BOOST_TEST(last_day == first_day + 1);
  BOOST_TEST(first.attempts() == 2);
  BOOST_TEST(last.attempts() == 3);
  BOOST_TEST(last.failed == 1);
}

BOOST_FIXTURE_TEST_CASE(only_attempts_since_a_moment_and_of_a_channel_or_a_kind_count, with_attempts) {
  reader reading(where);
  BOOST_TEST(reading.attempts(at(day + 1), std::nullopt).channels.size() == 2U);
  BOOST_TEST(reading.attempts(at(day + 3), std::nullopt).channels.empty());
  const auto one = reading.attempts(at(0), "ops/webhook/0");
  BOOST_REQUIRE_EQUAL(one.channels.size(), 1U);
  BOOST_TEST(one.channels[0].counts.attempts() == 3);
  const auto kind = reading.attempts(at(0), "webhook");
  BOOST_REQUIRE_EQUAL(kind.channels.size(), 2U);
  BOOST_TEST(reading.attempts(at(0), "nobody").channels.empty());
}

BOOST_FIXTURE_TEST_CASE(the_last_success_and_the_last_failure_of_each_channel_are_found, with_attempts) {
  reader reading(where);
  const auto found = reading.last_outcomes(100);
  BOOST_REQUIRE_EQUAL(found.size(), 3U);
  const auto& webhook = found.at("ops/webhook/0");
  BOOST_TEST((webhook.last_success == at(day)));
  BOOST_TEST((webhook.last_failure == at(0)));
  BOOST_TEST(webhook.failure == "failed 1");
  BOOST_TEST(!found.at("ops/slack/0").last_success.has_value());
  BOOST_TEST(!found.at("night/webhook/0").last_failure.has_value());
  // Only the newest ones are looked at.
  BOOST_TEST(reading.last_outcomes(2).size() == 2U);
  BOOST_TEST(!reading.last_outcomes(2).contains("ops/webhook/0"));
}

BOOST_FIXTURE_TEST_CASE(what_the_database_holds_is_counted_quickly, with_attempts) {
  auto over = sample_episode(2);
  over.state.ended_at = at(900);
  over.state.status = episode_status::resolved;
  auto batch = batch_of({sample_episode(1), over, sample_episode(3)});
  batch.intents = {sample_intent(9, {{episode_id{1}, false}})};
  write(batch);
  const auto found = reader(where).status();
  BOOST_TEST(found.active_alerts == 2);
  BOOST_TEST(found.alerts == 3);
  BOOST_TEST(found.unfinished_notifications == 1);
  BOOST_TEST(!found.cleaned_until.has_value());
  BOOST_TEST(found.schema_version >= 7);
}

BOOST_AUTO_TEST_SUITE_END()

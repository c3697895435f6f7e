#include "fixture.hpp"

using namespace tocsin;
using namespace tocsin::test;

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE(an_episode_reads_back_as_it_was_written) {
  open_database db;
  const auto written = sample_episode(4, 9);
  db.write(batch_of({written}));

  const auto row = storage::reader(db.where).find(episode_id{4});
  BOOST_REQUIRE(row);
  check_same(row->alert, written);
  BOOST_CHECK(!row->resolution_time_seconds);
  BOOST_CHECK_EQUAL(row->root_cause, "");
  BOOST_CHECK(row->related_alerts.empty());
  BOOST_CHECK(row->notification_channels.empty());
  BOOST_CHECK_EQUAL(row->notification_count, 0);
  BOOST_CHECK(row->updated_at == written.received_at);
}

BOOST_AUTO_TEST_CASE(an_episode_that_is_over_when_it_arrives_has_its_resolution_time) {
  open_database db;
  auto e = sample_episode(1);
  e.state.ended_at = e.starts_at + duration{61'999};
  db.write(batch_of({e}));
  const auto row = storage::reader(db.where).find(e.id);
  BOOST_REQUIRE(row && row->resolution_time_seconds);
  BOOST_CHECK_EQUAL(*row->resolution_time_seconds, 61);
}

BOOST_AUTO_TEST_CASE(hostile_text_in_any_field_reads_back_byte_for_byte) {
  for (const auto& text : hostile_texts()) {
    open_database db;
    auto e = sample_episode(1);
    const auto name = "name " + text;
    e.labels = label_set::of({{"alertname", text}, {"service", text}, {"instance", text}, {name, text}});
    e.annotations = label_set::of({{name, text}, {"description", text}});
    e.generator_url = e.state.acknowledged_by = e.state.suppressed_by = e.state.escalation.policy = text;
    auto n = sample_intent(1, {{e.id, true}});
    n.channel = n.receiver = n.group_key = text;
    n.group_labels = e.labels;
    auto a = sample_attempt(1);
    a.alert_name = a.recipients = a.message = text;
    a.channel = text;
    a.next_attempt_at = at(50);
    auto batch = batch_of({e});
    batch.escalations = {{e.id, escalation_level{1}, escalation_level{2}, text, text, at(2)}};
    batch.acknowledgements = {{e.id, text, text, at(3)}};
    batch.groups = {{e.group, text, e.labels, at(1), std::nullopt, at(2)}};
    batch.told = {{e.group, e.id, {text, "second"}}};
    batch.intents = {n};
    batch.attempts = {a};
    batch.opened[0].route = batch.opened[0].root_cause = text;
    batch.events = {{e.id, event_kind::silenced, text, text, at(4)}};
    auto s = sample_silence("id " + text);
    s.created_by = s.comment = text;
    s.matchers.push_back(matcher::make("name " + text, match_op::equal, text).value());
    batch.silences = {s};
    batch.silence_changes = {{s.id, silence_change::kind::created, text, text, at(5)}};
    db.write(batch);

    const auto state = db.writer.recover();
    BOOST_REQUIRE_EQUAL(state.episodes.size(), 1);
    check_same(state.episodes[0], e);
    BOOST_CHECK(state.groups.at(0).route_key == text);
    BOOST_CHECK(state.groups.at(0).labels == e.labels);
    BOOST_CHECK((state.told.at(0).channels == std::vector<std::string>{text, "second"}));
    check_same(state.unfinished.at(0).intent, n);

    storage::reader reader(db.where);
    const auto detail = reader.detail(e.id);
    BOOST_REQUIRE(detail);
    check_same(detail->row.alert, e);
    BOOST_CHECK(detail->escalations.at(0).reason == text);
    BOOST_CHECK(detail->escalations.at(0).escalated_by == text);
    BOOST_CHECK(detail->acknowledgements.at(0).acknowledged_by == text);
    BOOST_CHECK(detail->acknowledgements.at(0).comment == text);
    check_same(detail->notifications.at(0).attempt, a);
    BOOST_CHECK(detail->route == text);
    BOOST_CHECK(detail->row.root_cause == text);
    BOOST_CHECK(detail->events.at(0).by == text);
    BOOST_CHECK(detail->events.at(0).text == text);
    check_same(state.silences.at(0), s);
    const auto silenced = reader.find_silence(s.id);
    BOOST_REQUIRE(silenced);
    check_same(silenced->what, s);
    BOOST_CHECK(silenced->changes.at(0).by == text);
    BOOST_CHECK(silenced->changes.at(0).comment == text);

    storage::history_filter by_name;
    by_name.alert_name = text;
    by_name.service = text;
    BOOST_CHECK_EQUAL(reader.history(by_name).total, 1);
  }
}

BOOST_AUTO_TEST_CASE(many_labels_and_none_read_back) {
  open_database db;
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) names.push_back("label" + std::to_string(i));
  std::vector<label_view> views(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) views[i] = {names[i], names[names.size() - 1 - i]};
  auto many = sample_episode(1);
  many.labels = label_set::from(views);
  auto none = sample_episode(2);
  none.labels = none.annotations = {};
  db.write(batch_of({many, none}));

  const auto state = db.writer.recover();
  BOOST_REQUIRE_EQUAL(state.episodes.size(), 2);
  check_same(state.episodes[0], many);
  check_same(state.episodes[1], none);
}

BOOST_AUTO_TEST_CASE(an_update_writes_the_whole_state_and_the_end_closes_acknowledgements) {
  open_database db;
  auto e = sample_episode(1);
  auto batch = batch_of({e});
  batch.acknowledgements = {{e.id, "zoe", "on it", at(3)}};
  db.write(batch);

  e.state = {};
  e.state.status = episode_status::resolved;
  e.state.current_severity = severity::info;
  e.state.expires_at = at(90);
  e.state.ended_at = e.starts_at + duration{125'999};
  e.state.last_seen = at(91);
  e.state.occurrence_count = 12;
  write_batch end;
  end.updated = {{e.id, e.state}};
  // One that comes in the batch of the end is closed as well.
  end.acknowledgements = {{e.id, "max", "late", at(4)}};
  db.write(end);

  storage::reader reader(db.where);
  const auto row = reader.find(e.id);
  BOOST_REQUIRE(row);
  check_same(row->alert, e);
  BOOST_REQUIRE(row->resolution_time_seconds);
  BOOST_CHECK_EQUAL(*row->resolution_time_seconds, 125);
  BOOST_CHECK(row->updated_at == written_at);
  const auto resolved = column(db.where, "SELECT resolved_at FROM acknowledgments ORDER BY id");
  const auto end_text = std::to_string(e.state.ended_at->time_since_epoch().count());
  BOOST_CHECK((resolved == std::vector<std::string>{end_text, end_text}));
}

BOOST_AUTO_TEST_CASE(an_episode_that_fires_again_has_no_end_but_its_acknowledgements_stay_closed) {
  open_database db;
  auto e = sample_episode(1);
  auto batch = batch_of({e});
  batch.acknowledgements = {{e.id, "zoe", "on it", at(3)}};
  db.write(batch);
  e.state.status = episode_status::resolved;
  e.state.ended_at = at(90);
  write_batch change;
  change.updated = {{e.id, e.state}};
  db.write(change);
  e.state.status = episode_status::firing;
  e.state.ended_at.reset();
  e.state.occurrence_count = 99;
  change.updated = {{e.id, e.state}};
  db.write(change);

  const auto row = storage::reader(db.where).find(e.id);
  BOOST_REQUIRE(row);
  check_same(row->alert, e);
  BOOST_CHECK(!row->resolution_time_seconds);
  BOOST_CHECK((column(db.where, "SELECT resolved_at FROM acknowledgments")
               == std::vector<std::string>{std::to_string(at(90).time_since_epoch().count())}));
  BOOST_CHECK((ids_of(db.writer.recover().episodes) == std::vector<std::int64_t>{1}));
}

BOOST_AUTO_TEST_CASE(annotations_may_change_while_labels_stay) {
  open_database db;
  auto e = sample_episode(1);
  db.write(batch_of({e}));
  e.annotations = label_set::of({{"summary", "now 99 %"}});
  e.generator_url = "http://other.example";
  e.starts_at -= std::chrono::minutes{90};
  write_batch change;
  change.reannotated = {{e.id, e.annotations, e.generator_url, e.starts_at}};
  db.write(change);
  const auto row = storage::reader(db.where).find(e.id);
  BOOST_REQUIRE(row);
  check_same(row->alert, e);
}

BOOST_AUTO_TEST_CASE(the_columns_hold_what_the_documentation_says) {
  open_database db;
  const auto e = sample_episode(1);
  db.write(batch_of({e}));
  const auto values =
      column(db.where,
             "SELECT alert_name || '|' || severity || '|' || declared_severity || '|' || service || '|' "
             "|| status || '|' || start_time || '|' || escalation_level || '|' || fingerprint || '|' || "
             "json_extract(labels, '$.device') FROM alert_history");
  BOOST_REQUIRE_EQUAL(values.size(), 1);
  BOOST_CHECK_EQUAL(values[0], "DiskFull|critical|info|ledger|escalated|"
                                   + std::to_string(e.starts_at.time_since_epoch().count()) + "|2|"
                                   + fingerprint_md5(e.labels) + "|1");
}

BOOST_AUTO_TEST_SUITE_END()

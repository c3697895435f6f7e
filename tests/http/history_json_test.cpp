#include "http/history_json.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <simdjson.h>

using namespace tocsin;

namespace {

using namespace std::chrono_literals;

/// 2026-11-24T08:00:00Z and so many seconds.
timestamp at(std::int64_t seconds) {
  return timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 8h + std::chrono::seconds{seconds}};
}

template <class Row>
std::string row_text(const Row& row) {
  std::string text;
  json_writer w(text);
  http::write_row(w, row);
  return text;
}

std::string detail_text(const storage::history_detail& detail) {
  std::string text;
  json_writer w(text);
  http::write_detail(w, detail);
  return text;
}

storage::history_row full_row() {
  storage::history_row row;
  auto& e = row.alert;
  e.id = episode_id{17};
  e.group = group_id{5};
  e.labels = label_set::of(
      {{"alertname", "DiskFull"}, {"component", "storage"}, {"instance", "db1:9100"}, {"service", "ledger"}});
  e.annotations = label_set::of({{"description", "long"}, {"summary", "Disk is full"}});
  e.generator_url = "http://prometheus.example/graph?g0.expr=up";
  e.declared_severity = severity::info;
  e.starts_at = at(0);
  e.received_at = at(1) + 5ms;
  auto& s = e.state;
  s.status = episode_status::resolved;
  s.current_severity = severity::critical;
  s.level = escalation_level{3};
  s.expires_at = at(400);
  s.ended_at = at(90);
  s.last_seen = at(60);
  s.occurrence_count = 4;
  s.acknowledged_at = at(30);
  s.acknowledged_by = "ana";
  s.suppressed_by = "inhibited by NodeDown";
  row.resolution_time_seconds = 90;
  row.root_cause = "NodeDown";
  row.related_alerts = {3, 12};
  row.notification_channels = {"ops/webhook/0", "ops/slack/0"};
  row.notification_count = 2;
  row.updated_at = at(91);
  return row;
}

/// The fingerprint is what `md5sum` says of the labels.
constexpr std::string_view full_members =
    R"("id":17,"alert_name":"DiskFull","severity":"critical","service":"ledger","category":"storage",)"
    R"("instance":"db1:9100","status":"resolved","start_time":"2026-11-24T08:00:00.000Z",)"
    R"("end_time":"2026-11-24T08:01:30.000Z","resolution_time_seconds":90,"escalation_level":3,)"
    R"("acknowledgment_time":"2026-11-24T08:00:30.000Z","acknowledged_by":"ana","summary":"Disk is full",)"
    R"("labels":{"alertname":"DiskFull","component":"storage","instance":"db1:9100","service":"ledger"},)"
    R"("annotations":{"description":"long","summary":"Disk is full"},)"
    R"("generator_url":"http://prometheus.example/graph?g0.expr=up","fingerprint":"bcd750fc12d3db28fa7abff8b0947832",)"
    R"("declared_severity":"info","occurrence_count":4,"reopen_count":0,"last_seen":"2026-11-24T08:01:00.000Z",)"
    R"("suppressed_by":"inhibited by NodeDown","root_cause":"NodeDown","related_alerts":[3,12],)"
    R"("notification_channels":["ops/webhook/0","ops/slack/0"],"notification_count":2,"group_id":5,)"
    R"("created_at":"2026-11-24T08:00:01.005Z","updated_at":"2026-11-24T08:01:31.000Z")";

storage::notification_row failed_attempt() {
  storage::notification_row row;
  row.id = 8;
  row.attempt = {notification_id{6},
                 "DiskFull",
                 "ops/webhook/0",
                 "hooks.example",
                 false,
                 at(10),
                 37ms,
                 "500 Internal \"Error\"",
                 1,
                 at(20),
                 notification_reason::escalated};
  return row;
}

constexpr std::string_view failed_attempt_json =
    R"({"id":8,"notification_id":6,"alert_name":"DiskFull","channel":"ops/webhook/0","recipients":"hooks.example",)"
    R"("success":false,"sent_at":"2026-11-24T08:00:10.000Z","duration_ms":37,"message":"500 Internal \"Error\"",)"
    R"("retry_count":1,"reason":"escalated"})";

/// What a JSON reader finds under a name; fails the test when the text is no JSON.
std::string read_back(const std::string& text, std::string_view pointer) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  BOOST_REQUIRE_MESSAGE(parser.parse(simdjson::padded_string(text)).get(root) == simdjson::SUCCESS, text);
  std::string_view value;
  BOOST_REQUIRE_MESSAGE(root.at_pointer(pointer).get(value) == simdjson::SUCCESS, pointer << " in " << text);
  return std::string(value);
}

} // namespace

BOOST_AUTO_TEST_SUITE(history_rows_as_json)

BOOST_AUTO_TEST_CASE(a_full_row_shows_every_column) {
  BOOST_TEST(row_text(full_row()) == "{" + std::string(full_members) + "}");
}

BOOST_AUTO_TEST_CASE(an_empty_row_has_nulls_and_empty_texts) {
  storage::history_row row;
  row.alert.starts_at = row.alert.received_at = row.alert.state.last_seen = row.updated_at = at(0);
  BOOST_TEST(
      row_text(row)
      == R"({"id":0,"alert_name":"","severity":"warning","service":"","category":"","instance":"","status":"firing",)"
         R"("start_time":"2026-11-24T08:00:00.000Z","end_time":null,"resolution_time_seconds":null,"escalation_level":1,)"
         R"("acknowledgment_time":null,"acknowledged_by":"","summary":"","labels":{},"annotations":{},"generator_url":"",)"
         R"("fingerprint":"d41d8cd98f00b204e9800998ecf8427e","declared_severity":"warning","occurrence_count":1,"reopen_count":0,)"
         R"("last_seen":"2026-11-24T08:00:00.000Z","suppressed_by":"","root_cause":"","related_alerts":[],)"
         R"("notification_channels":[],"notification_count":0,"group_id":0,"created_at":"2026-11-24T08:00:00.000Z",)"
         R"("updated_at":"2026-11-24T08:00:00.000Z"})");
}

BOOST_AUTO_TEST_CASE(names_fall_back_to_other_labels) {
  struct row {
    std::string service;
    std::string category;
    label_set labels;
  };
  for (const auto& [service, category, labels] : std::vector<row>{
           {"s", "k", label_set::of({{"service", "s"}, {"component", "c"}, {"job", "j"}, {"category", "k"}})},
           {"c", "c", label_set::of({{"component", "c"}, {"job", "j"}})},
           {"j", "", label_set::of({{"job", "j"}})},
           {"", "", label_set::of({{"alertname", "x"}})}}) {
    auto r = full_row();
    r.alert.labels = labels;
    BOOST_TEST(read_back(row_text(r), "/service") == service);
    BOOST_TEST(read_back(row_text(r), "/category") == category);
  }
}

BOOST_AUTO_TEST_CASE(the_summary_falls_back_to_the_description) {
  auto r = full_row();
  r.alert.annotations = label_set::of({{"description", "only this"}});
  BOOST_TEST(read_back(row_text(r), "/summary") == "only this");
  r.alert.annotations = label_set::of({{"description", "only this"}, {"summary", ""}});
  BOOST_TEST(read_back(row_text(r), "/summary") == "only this");
  r.alert.annotations = label_set::of({{"runbook", "x"}});
  BOOST_TEST(read_back(row_text(r), "/summary") == "");
}

BOOST_AUTO_TEST_CASE(every_status_and_severity_has_its_word) {
  auto r = full_row();
  for (const auto* word : {"firing", "acknowledged", "escalated", "suppressed", "resolved"}) {
    r.alert.state.status = *parse_episode_status(word);
    BOOST_TEST(read_back(row_text(r), "/status") == word);
  }
  for (const auto* word : {"critical", "warning", "info"}) {
    r.alert.state.current_severity = *parse_severity(word);
    r.alert.declared_severity = *parse_severity(word);
    BOOST_TEST(read_back(row_text(r), "/severity") == word);
    BOOST_TEST(read_back(row_text(r), "/declared_severity") == word);
  }
}

BOOST_AUTO_TEST_CASE(hostile_text_reads_back_as_it_was) {
  for (const std::string text :
       {"\"", "\\", "\"},{\"id\":1", "line\nfeed\r\ttab", "\x01\x02\x1f\x7f", "</script><script>alert(1)</script>",
        "<&>'`", "=cmd|' /C calc'!A0", "\xE2\x80\xA8\xE2\x80\xA9", "\xE2\x80\xAE reversed", "\xF0\x9F\x94\x94",
        "\\u0041", "'); DROP TABLE x; --"}) {
    auto r = full_row();
    r.alert.labels = label_set::of({{"alertname", text}, {"service", text}, {text, "name"}});
    r.alert.annotations = label_set::of({{"summary", text}});
    r.alert.generator_url = text;
    r.alert.state.acknowledged_by = text;
    r.alert.state.suppressed_by = text;
    r.root_cause = text;
    r.notification_channels = {text};
    const auto written = row_text(r);
    for (const auto* pointer :
         {"/alert_name", "/service", "/labels/alertname", "/annotations/summary", "/summary", "/generator_url",
          "/acknowledged_by", "/suppressed_by", "/root_cause", "/notification_channels/0"}) {
      BOOST_TEST(read_back(written, pointer) == text, pointer << " of " << written);
    }
    BOOST_TEST(written.find('\n') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_nul_reads_back) {
  auto r = full_row();
  const std::string text("a\0b", 3);
  r.alert.labels = label_set::of({{"alertname", text}});
  BOOST_TEST(read_back(row_text(r), "/alert_name") == text);
}

BOOST_AUTO_TEST_CASE(invalid_utf8_is_written_as_replacement_characters) {
  for (const std::string text :
       {"odd\xff", "\xC3", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xC0\xAF", "cut \xF0\x9F\x94"}) {
    auto r = full_row();
    r.alert.labels = label_set::of({{"alertname", text}, {text, "x"}});
    const auto read = read_back(row_text(r), "/alert_name");
    BOOST_TEST(read != text);
    BOOST_TEST(read.find("\xEF\xBF\xBD") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(an_attempt_shows_every_column) {
  BOOST_TEST(row_text(failed_attempt()) == failed_attempt_json);
}

BOOST_AUTO_TEST_CASE(a_detail_is_the_row_and_all_that_happened) {
  storage::history_detail detail;
  detail.row = full_row();
  detail.escalations = {
      {episode_id{17}, escalation_level{1}, escalation_level{2}, "not <acknowledged>", "system", at(15)},
      {episode_id{17}, escalation_level{2}, escalation_level{3}, "customers call", "bo", at(20)}};
  detail.acknowledgements = {{episode_id{17}, "ana", "on \"it\"", at(30)}};
  detail.notifications = {failed_attempt(), failed_attempt()};
  detail.route = "ops@{}/{team=\"a\"}";
  detail.window_until = at(31);
  detail.events = {{episode_id{17}, event_kind::silenced, "5d3f", "silenced by \"ann\"", at(16)},
                   {episode_id{17}, event_kind::released, "", "", at(17)}};
  detail.correlations = {{episode_id{3}, "NodeDown", 0.75, "temporal", at(18)}};
  BOOST_TEST(
      detail_text(detail)
      == "{" + std::string(full_members)
             + R"(,"route":"ops@{}/{team=\"a\"}","window_until":"2026-11-24T08:00:31.000Z",)"
               R"("escalations":[{"from_level":1,"to_level":2,"reason":"not <acknowledged>","escalated_by":"system",)"
               R"("escalated_at":"2026-11-24T08:00:15.000Z"},{"from_level":2,"to_level":3,"reason":"customers call",)"
               R"("escalated_by":"bo","escalated_at":"2026-11-24T08:00:20.000Z"}],)"
               R"("acknowledgments":[{"acknowledged_by":"ana","comment":"on \"it\"","acknowledged_at":"2026-11-24T08:00:30.000Z"}],)"
               R"("notifications":[)"
             + std::string(failed_attempt_json) + "," + std::string(failed_attempt_json)
             + R"(],"events":[{"kind":"silenced","caused_by":"5d3f","text":"silenced by \"ann\"",)"
               R"("at":"2026-11-24T08:00:16.000Z"},{"kind":"released","caused_by":"","text":"","at":"2026-11-24T08:00:17.000Z"}],)"
               R"("correlations":[{"alert_id":3,"alert_name":"NodeDown","correlation_score":0.75,)"
               R"("correlation_type":"temporal","created_at":"2026-11-24T08:00:18.000Z"}]})");
}

BOOST_AUTO_TEST_CASE(a_detail_to_which_nothing_happened_has_empty_lists) {
  storage::history_detail detail;
  detail.row = full_row();
  BOOST_TEST(detail_text(detail)
             == "{" + std::string(full_members)
                    + R"(,"route":"","window_until":null,"escalations":[],"acknowledgments":[],"notifications":[],)"
                      R"("events":[],"correlations":[]})");
}

BOOST_AUTO_TEST_CASE(a_page_says_how_many_rows_it_has_and_how_many_there_are) {
  storage::page<storage::notification_row> page;
  BOOST_TEST(http::page_body(page) == "{\"success\":true,\"count\":0,\"total\":0,\"data\":[]}\n");
  page.rows = {failed_attempt(), failed_attempt()};
  page.total = 9;
  const auto row = std::string(failed_attempt_json);
  BOOST_TEST(http::page_body(page) == R"({"success":true,"count":2,"total":9,"data":[)" + row + "," + row + "]}\n");
}

BOOST_AUTO_TEST_SUITE_END()

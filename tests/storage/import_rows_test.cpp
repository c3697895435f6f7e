#include "fixture.hpp"
#include "storage/csv.hpp"
#include "storage/import/alert_rules.hpp"
#include "storage/import/csv_parser.hpp"

using namespace tocsin;
using namespace tocsin::test;
using storage::import_column;
using storage::raw_cell;

namespace {

const timestamp now = at(1'000'000);

using cells = std::vector<std::pair<import_column, raw_cell>>;

raw_cell text(std::string_view t) {
  return raw_cell::of_text(t);
}

/// A row that is good, with some cells replaced.
storage::raw_row row_with(const cells& replaced) {
  storage::raw_row row;
  row[import_column::alert_name] = text("DiskFull");
  row[import_column::start_time] = text("2025-11-12T10:00:00Z");
  row[import_column::end_time] = text("2025-11-12T10:05:00.500Z");
  for (const auto& [column, cell] : replaced) row[column] = cell;
  return row;
}

tl::expected<storage::imported_alert, storage::refusal> read(const cells& replaced, bool close_open = false) {
  return storage::alert_rules(now, close_open).read(row_with(replaced));
}

storage::history_row good(const cells& replaced, bool close_open = false) {
  auto made = read(replaced, close_open);
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().reason + " " + made.error().found));
  return made->row;
}

/// All records of a text that is fed byte by byte.
std::vector<std::vector<std::string>> records(std::string_view whole) {
  std::vector<std::vector<std::string>> found;
  storage::csv_parser parser;
  while (!whole.empty()) {
    std::size_t given = 1;
    auto outcome = storage::csv_parser::outcome::more;
    while (outcome == storage::csv_parser::outcome::more) {
      BOOST_REQUIRE(given <= whole.size() + 1);
      const bool last = given > whole.size();
      outcome = parser.parse(whole.substr(0, given++), last);
    }
    if (outcome == storage::csv_parser::outcome::unclosed) {
      found.push_back({"unclosed"});
      break;
    }
    found.emplace_back(parser.cells().begin(), parser.cells().end());
    if (parser.fault() != nullptr) found.back().insert(found.back().begin(), "fault");
    whole.remove_prefix(parser.size());
  }
  return found;
}

using lines = std::vector<std::vector<std::string>>;

} // namespace

BOOST_AUTO_TEST_SUITE(csv_reading)

BOOST_AUTO_TEST_CASE(records_are_read_however_the_text_is_cut) {
  BOOST_CHECK(records("a,b\r\n1,2\n") == (lines{{"a", "b"}, {"1", "2"}}));
  BOOST_CHECK(records("a,b") == (lines{{"a", "b"}}));
  BOOST_CHECK(records(",\r\n,,") == (lines{{"", ""}, {"", "", ""}}));
  BOOST_CHECK(records("\"x,\"\"y\"\"\r\nz\",2\r\n3") == (lines{{"x,\"y\"\r\nz", "2"}, {"3"}}));
  BOOST_CHECK(records("\"\",\"\"\"\"\n") == (lines{{"", "\""}}));
  BOOST_CHECK(records("a\rb,c\r") == (lines{{"a\rb", "c"}}));
  const std::string nul("a\0b,c\n", 6);
  BOOST_CHECK(records(nul) == (lines{{std::string("a\0b", 3), "c"}}));
}

BOOST_AUTO_TEST_CASE(a_fault_ends_with_its_line) {
  BOOST_CHECK(records("a\"b,c\nd,e\n") == (lines{{"fault", "a\"b", "c"}, {"d", "e"}}));
  BOOST_CHECK(records("\"a\"b,c\nd\n").at(0).at(0) == "fault");
  BOOST_CHECK(records("\"a\"b,c\nd\n").at(1) == std::vector<std::string>{"d"});
  BOOST_CHECK(records("\"a\"\rb\nd\n").at(1) == std::vector<std::string>{"d"});
  BOOST_CHECK(records("a,b\nc,\"d\ne,f\n") == (lines{{"a", "b"}, {"unclosed"}}));
}

BOOST_AUTO_TEST_CASE(every_text_survives_the_way_out_and_in) {
  auto texts = hostile_texts();
  for (const auto* t :
       {"=1+1", "'=1+1", "''=1+1", "'x", "''", "'", "+", "-5", "@a", "\tx", "\rx", "'\r", "a,\"b\"", "'-,\n"}) {
    texts.emplace_back(t);
  }
  for (const auto& original : texts) {
    std::string out;
    storage::csv_writer(out).cell(original).cell("end").end_line();
    const auto back = records(original.size() < 1000 ? out : "\"\",end");
    BOOST_REQUIRE_EQUAL(back.size(), 1U);
    if (original.size() < 1000) BOOST_TEST(storage::without_guard(back[0].at(0)) == original);
    BOOST_TEST(back[0].at(1) == "end");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(import_rules)

BOOST_AUTO_TEST_CASE(what_is_not_said_has_a_default_and_nothing_is_active) {
  const auto row = good({});
  const auto& e = row.alert;
  BOOST_CHECK(e.labels == label_set::of({{"alertname", "DiskFull"}}));
  BOOST_CHECK(e.state.current_severity == severity::warning);
  BOOST_CHECK(e.declared_severity == severity::warning);
  BOOST_CHECK(e.state.status == episode_status::resolved);
  BOOST_CHECK(!e.state.active());
  BOOST_CHECK(e.group == group_id{});
  BOOST_TEST(row.resolution_time_seconds.value() == 300);
  BOOST_TEST(e.state.level.value() == 1);
  BOOST_TEST(e.state.occurrence_count == 1);
  BOOST_CHECK(e.received_at == e.starts_at);
  BOOST_CHECK(e.state.last_seen == *e.state.ended_at);
  BOOST_CHECK(!e.state.acknowledged_at);
}

BOOST_AUTO_TEST_CASE(every_column_is_taken) {
  const auto made = read({{import_column::id, text("17")},
                          {import_column::severity, text("CRITICAL")},
                          {import_column::declared_severity, text("L3")},
                          {import_column::status, text("acknowledged")},
                          {import_column::escalation_level, text("3")},
                          {import_column::acknowledgment_time, text("2025-11-12 10:01:00")},
                          {import_column::acknowledged_by, text("Zoë")},
                          {import_column::labels, text(R"({"severity":"info","n":7,"on":true,"gone":null,"none":""})")},
                          {import_column::service, text("ledger")},
                          {import_column::annotations, text(R"({"summary":"x","empty":""})")},
                          {import_column::generator_url, text("http://x")},
                          {import_column::occurrence_count, raw_cell::of(std::int64_t{4})},
                          {import_column::last_seen, text("2025-11-12T10:04:00Z")},
                          {import_column::suppressed_by, text("silence 1")},
                          {import_column::root_cause, text("Node")},
                          {import_column::related_alerts, text("[3,\"4\"]")},
                          {import_column::notification_channels, text("slack, email")},
                          {import_column::notification_count, raw_cell::of(2.0)},
                          {import_column::created_at, text("2025-11-12T10:00:01Z")},
                          {import_column::updated_at, text("2025-11-12T10:06:00Z")}});
  BOOST_REQUIRE(made);
  const auto& row = made->row;
  const auto& e = row.alert;
  BOOST_TEST(made->source_id.value() == 17);
  BOOST_CHECK(
      e.labels
      == label_set::of(
          {{"alertname", "DiskFull"}, {"n", "7"}, {"on", "true"}, {"service", "ledger"}, {"severity", "info"}}));
  BOOST_CHECK(e.annotations == label_set::of({{"empty", ""}, {"summary", "x"}}));
  BOOST_CHECK(e.state.current_severity == severity::critical);
  BOOST_CHECK(e.declared_severity == severity::info);
  BOOST_CHECK(e.state.status == episode_status::resolved);
  BOOST_TEST(e.state.level.value() == 3);
  BOOST_TEST(to_rfc3339(*e.state.acknowledged_at) == "2025-11-12T10:01:00.000Z");
  BOOST_TEST(e.state.acknowledged_by == "Zoë");
  BOOST_TEST(e.generator_url == "http://x");
  BOOST_TEST(e.state.occurrence_count == 4);
  BOOST_TEST(to_rfc3339(e.state.last_seen) == "2025-11-12T10:04:00.000Z");
  BOOST_TEST(e.state.suppressed_by == "silence 1");
  BOOST_TEST(row.root_cause == "Node");
  BOOST_CHECK(row.related_alerts == (std::vector<std::int64_t>{3, 4}));
  BOOST_CHECK(row.notification_channels == (std::vector<std::string>{"slack", "email"}));
  BOOST_TEST(row.notification_count == 2);
  BOOST_TEST(to_rfc3339(e.received_at) == "2025-11-12T10:00:01.000Z");
  BOOST_TEST(to_rfc3339(row.updated_at) == "2025-11-12T10:06:00.000Z");
}

BOOST_AUTO_TEST_CASE(times_are_read_in_the_forms_that_programs_write) {
  const std::string ten = "2025-11-12T10:00:00.000Z";
  for (const auto& cell : {text("2025-11-12T10:00:00Z"), text("2025-11-12 10:00:00"), text("2025-11-12T10:00:00"),
                           text("2025-11-12 10:00:00.000123"), text("2025-11-12T12:00:00+02:00"),
                           text("2025-11-12 12:00:00+0200"), text("2025-11-12t10:00:00z"), text("1762941600"),
                           text("1762941600.0"), text("1762941600000"), raw_cell::of(std::int64_t{1762941600}),
                           raw_cell::of(std::int64_t{1762941600000}), raw_cell::of(1762941600.0)}) {
    BOOST_REQUIRE_MESSAGE(storage::time_in(cell), std::string(cell.text));
    BOOST_TEST(to_rfc3339(*storage::time_in(cell)) == ten, std::string(cell.text));
  }
  BOOST_TEST(to_rfc3339(*storage::time_in(text("2025-11-12 10:00:00.5"))) == "2025-11-12T10:00:00.500Z");
  BOOST_TEST(to_rfc3339(*storage::time_in(raw_cell::of(1762941600.25))) == "2025-11-12T10:00:00.250Z");
  for (const auto* bad :
       {"yesterday", "2025-13-01", "12", "1e400", "nan", "99999999999999999999", "2025-11-12 10:00 pm"}) {
    const auto read_as = storage::time_in(text(bad));
    BOOST_TEST((!read_as || *read_as < timestamp{std::chrono::hours{1}}), bad);
  }
}

BOOST_AUTO_TEST_CASE(an_end_may_follow_from_the_duration_of_what_is_over) {
  const cells open{{import_column::end_time, {}}, {import_column::resolution_time_seconds, text("90")}};
  BOOST_TEST(good(open).resolution_time_seconds.value() == 90);
  auto firing = open;
  firing.emplace_back(import_column::status, text("firing"));
  BOOST_REQUIRE(!read(firing));
  BOOST_TEST(read(firing).error().reason.starts_with("end_time is missing"));
}

BOOST_AUTO_TEST_CASE(what_is_open_is_closed_only_when_that_is_asked_for) {
  const cells open{{import_column::end_time, {}},
                   {import_column::status, text("firing")},
                   {import_column::last_seen, text("2025-11-12T11:00:00Z")}};
  BOOST_CHECK(!read(open));
  const auto closed = good(open, true);
  BOOST_TEST(to_rfc3339(*closed.alert.state.ended_at) == "2025-11-12T11:00:00.000Z");
  BOOST_CHECK(closed.alert.state.status == episode_status::resolved);
  auto written_before = open;
  written_before.emplace_back(import_column::updated_at, text("2025-11-12T10:30:00Z"));
  BOOST_CHECK(good(written_before, true).alert.state.ended_at == closed.alert.state.ended_at);
  // What claims to end later is not over, whatever is asked for.
  BOOST_CHECK(!read({{import_column::end_time, text("2126-01-01T00:00:00Z")}}, true));
}

BOOST_AUTO_TEST_CASE(clocks_that_are_ahead_do_no_harm_where_nothing_hangs_on_them) {
  const auto row = good({{import_column::updated_at, text("2126-01-01T00:00:00Z")},
                         {import_column::acknowledgment_time, text("2126-01-01T00:00:00Z")},
                         {import_column::last_seen, text("2126-01-01T00:00:00Z")},
                         {import_column::created_at, text("2126-01-01T00:00:00Z")}});
  BOOST_CHECK(row.updated_at == now);
  BOOST_CHECK(row.alert.received_at == now);
  BOOST_CHECK(row.alert.state.last_seen == now);
  BOOST_CHECK(row.alert.state.acknowledged_at == now);
}

BOOST_AUTO_TEST_CASE(a_row_that_makes_no_sense_is_refused_with_its_reason) {
  using enum import_column;
  const std::string long_text(10'000'000, 'x');
  const std::vector<std::pair<cells, std::string>> table{
      {{{alert_name, {}}}, "alert_name is missing"},
      {{{alert_name, text("\xFF")}}, "alert_name is no text in UTF-8: \"\xEF\xBF\xBD\""},
      {{{alert_name, text("A")}, {import_column::labels, text(R"({"alertname":"B"})")}},
       "alert_name is not what the label alertname says: \"A\""},
      {{{start_time, {}}}, "start_time is missing"},
      {{{start_time, text("soon")}},
       "start_time is no time such as 2025-11-12T10:00:00Z or seconds since 1970: \"soon\""},
      {{{start_time, raw_cell::of(std::int64_t{-5})}}, "start_time lies before 1970: -5"},
      {{{end_time, text("2025-11-12T09:59:59.999Z")}}, "end_time lies before start_time: \"2025-11-12T09:59:59.999Z\""},
      {{{end_time, text("2126-11-12T10:00:00Z")}},
       "end_time lies in the future: only alerts that are over are imported: \"2126-11-12T10:00:00Z\""},
      {{{end_time, {}}}, "end_time is missing: only alerts that are over are imported"},
      {{{severity, text("meh")}}, "severity is none of critical, warning, info: \"meh\""},
      {{{severity, raw_cell::of(std::int64_t{1})}}, "severity is none of critical, warning, info: 1"},
      {{{status, text("gone")}}, "status is none of firing, acknowledged, escalated, suppressed, resolved: \"gone\""},
      {{{import_column::labels, text("{'a': 'b'}")}}, "labels are no JSON object of texts: \"{'a': 'b'}\""},
      {{{import_column::labels, text(R"({"a":{}})")}}, "labels are no JSON object of texts: \"{\"a\":{}}\""},
      {{{import_column::labels, text("{\"a\":\"\xC3\"}")}},
       "labels are no JSON object of texts: \"{\"a\":\"\xEF\xBF\xBD\"}\""},
      {{{annotations, text("[]")}}, "annotations are no JSON object of texts: \"[]\""},
      {{{annotations, text("{} x")}}, "annotations are no JSON object of texts: \"{} x\""},
      {{{escalation_level, text("4")}}, "escalation_level is no whole number from 0 to 3: \"4\""},
      {{{escalation_level, text("1.5")}}, "escalation_level is no whole number from 0 to 3: \"1.5\""},
      {{{occurrence_count, text("0")}}, "occurrence_count is no whole number from 1 to 1000000000: \"0\""},
      {{{notification_count, text("99999999999999999999")}},
       "notification_count is no whole number from 0 to 1000000000: \"99999999999999999999\""},
      {{{id, text("abc")}}, "id is no whole number from 1 to 9223372036854775807: \"abc\""},
      {{{related_alerts, text("[1,{}]")}}, "related_alerts are no list of ids: \"[1,{}]\""},
      {{{notification_channels, text("[1]")}}, "notification_channels are no list of texts: \"[1]\""},
      {{{acknowledged_by, raw_cell::of(1.5)}}, "acknowledged_by is no text in UTF-8: 1.500000"},
      {{{status, text(long_text)}},
       "status is none of firing, acknowledged, escalated, suppressed, resolved: \"" + std::string(60, 'x') + "…\""},
  };
  for (const auto& [replaced, expected] : table) {
    const auto made = read(replaced);
    BOOST_REQUIRE_MESSAGE(!made, expected);
    const auto& why = made.error();
    BOOST_TEST(why.reason + (why.found.empty() ? "" : ": " + why.found) == expected);
  }
}

BOOST_AUTO_TEST_CASE(texts_of_any_size_and_bytes_are_taken_as_they_are) {
  const std::string long_text(10'000'000, 'x');
  const std::string nul("a\0b", 3);
  BOOST_TEST(good({{import_column::root_cause, text(long_text)}}).root_cause == long_text);
  BOOST_TEST(good({{import_column::alert_name, text(nul)}}).alert.labels.get("alertname") == nul);
  // The column lost its apostrophe, the label did not.
  const auto row =
      good({{import_column::alert_name, text("=2")}, {import_column::labels, text(R"({"alertname":"'=2"})")}});
  BOOST_TEST(row.alert.labels.get("alertname") == "'=2");
}

BOOST_AUTO_TEST_SUITE_END()

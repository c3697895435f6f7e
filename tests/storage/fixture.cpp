#include "fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace tocsin::test {

namespace {

storage::instance_lock prepared(const storage::location& where) {
  auto lock = storage::prepare(where);
  if (!lock) throw std::runtime_error(lock.error().message);
  return std::move(*lock);
}

timestamp fixed_clock() {
  return written_at;
}

} // namespace

scratch_folder::scratch_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "tocsin-storage-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + pattern);
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

open_database::open_database() : where{folder.path()}, lock(prepared(where)), writer(where, &fixed_clock) {}

void open_database::write(const write_batch& batch) {
  const auto applied = writer.apply(batch);
  BOOST_REQUIRE_MESSAGE(applied.has_value(), (applied ? std::string() : applied.error().message));
  const auto committed = writer.commit();
  BOOST_REQUIRE_MESSAGE(committed.has_value(), (committed ? std::string() : committed.error().message));
}

timestamp at(std::int64_t seconds) {
  return timestamp(duration{1'795'000'000'456} + std::chrono::seconds(seconds));
}

episode sample_episode(std::int64_t id, std::int64_t group) {
  const auto number = std::to_string(id);
  const auto summary = "Disk " + number + " is full";
  episode e;
  e.id = episode_id{id};
  e.group = group_id{group};
  e.labels = label_set::of({{"alertname", "DiskFull"}, {"service", "ledger"}, {"device", number}});
  e.annotations = label_set::of({{"summary", summary}});
  e.generator_url = "http://prometheus.example/graph?n=" + number;
  e.declared_severity = severity::info;
  e.starts_at = at(id);
  e.received_at = at(id + 1);
  auto& s = e.state;
  s.status = episode_status::escalated;
  s.current_severity = severity::critical;
  s.level = escalation_level{2};
  s.expires_at = at(id + 300);
  s.timed_out_end = id % 2 == 0;
  s.last_seen = at(id + 5);
  s.occurrence_count = id + 7;
  s.acknowledged_at = at(id + 9);
  s.acknowledged_by = "Zoë " + number;
  s.escalation = {"default", 3, at(id + 11)};
  s.suppressed_by = "inhibited by NodeDown " + number;
  return e;
}

notification_intent sample_intent(std::int64_t id, std::vector<notified_episode> alerts, std::int64_t group) {
  notification_intent n;
  n.id = notification_id{id};
  n.group = group_id{group};
  n.channel = "ops/webhook/0";
  n.receiver = "ops";
  n.reason = notification_reason::escalated;
  n.group_key = "{}:{service=\"ledger\"}";
  n.group_labels = label_set::of({{"service", "ledger"}});
  n.created_at = at(id);
  n.alerts = std::move(alerts);
  return n;
}

attempt_record sample_attempt(std::int64_t notification) {
  attempt_record a;
  a.notification = notification_id{notification};
  a.alert_name = "DiskFull";
  a.channel = "ops/webhook/0";
  a.recipients = "hooks.example";
  a.success = true;
  a.at = at(notification + 2);
  a.took = duration{37};
  a.message = "200 OK";
  a.reason = notification_reason::repeat_interval_elapsed;
  return a;
}

silence sample_silence(std::string id) {
  silence s;
  s.id = std::move(id);
  s.matchers = {matcher::make("alertname", match_op::equal, "DiskFull").value(),
                matcher::make("device", match_op::not_regex, "sd[a-f]|nvme.*").value()};
  s.starts_at = at(10);
  s.ends_at = at(3610);
  s.updated_at = at(11);
  s.created_by = "Zoë";
  s.comment = "new disks";
  s.recurrence = {{{{1320, 360}}, {{1, 5}}, {{-3, -1}, {1, 1}}, {{1, 3}, {12, 12}}, {{2026, 2030}}, "UTC"}, {}};
  s.expire_on_resolve = true;
  s.matched_at = at(20);
  return s;
}

write_batch batch_of(std::vector<episode> opened) {
  write_batch batch;
  for (auto& e : opened) batch.opened.emplace_back(std::move(e));
  return batch;
}

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts{
      "",
      "plain",
      "'); DROP TABLE alert_history; --",
      "\"double\" 'single' `back` \\ backslash \\u0041",
      "line\nfeed\r\ttab\b\f\x01\x1f\x7f",
      std::string("nul\0in the middle\0", 18),
      "磁盘已满 ü 🔔 \xF4\x8F\xBF\xBF \xEF\xBF\xBF \xEF\xBF\xBD",
      "\xE2\x80\xAE right to left \xE2\x80\xA8 line separator <&>",
      "{\"json\": [1, 2]}",
      std::string(100'000, 'x') + "\n",
  };
  return texts;
}

std::vector<std::int64_t> ids_of(const std::vector<episode>& episodes) {
  std::vector<std::int64_t> ids;
  for (const auto& e : episodes) ids.push_back(e.id.value);
  return ids;
}

std::vector<std::string> column(const storage::location& where, const std::string& sql) {
  SQLite::Database db(where.file(), SQLite::OPEN_READONLY);
  SQLite::Statement query(db, sql);
  std::vector<std::string> values;
  while (query.executeStep()) values.push_back(query.getColumn(0).getString());
  return values;
}

void check_same(const episode& a, const episode& b) {
  BOOST_CHECK(a.id == b.id);
  BOOST_CHECK(a.group == b.group);
  BOOST_CHECK(a.labels == b.labels);
  BOOST_CHECK(a.annotations == b.annotations);
  BOOST_CHECK(a.generator_url == b.generator_url);
  BOOST_CHECK(a.declared_severity == b.declared_severity);
  BOOST_CHECK(a.starts_at == b.starts_at);
  BOOST_CHECK(a.received_at == b.received_at);
  BOOST_CHECK(a.state == b.state);
}

void check_same(const notification_intent& a, const notification_intent& b) {
  BOOST_CHECK(a.id == b.id);
  BOOST_CHECK(a.group == b.group);
  BOOST_CHECK(a.channel == b.channel);
  BOOST_CHECK(a.receiver == b.receiver);
  BOOST_CHECK(a.reason == b.reason);
  BOOST_CHECK(a.group_key == b.group_key);
  BOOST_CHECK(a.group_labels == b.group_labels);
  BOOST_CHECK(a.created_at == b.created_at);
  BOOST_REQUIRE_EQUAL(a.alerts.size(), b.alerts.size());
  for (std::size_t i = 0; i < a.alerts.size(); ++i) {
    BOOST_CHECK(a.alerts[i].id == b.alerts[i].id);
    BOOST_CHECK_EQUAL(a.alerts[i].resolved, b.alerts[i].resolved);
  }
}

void check_same(const attempt_record& a, const attempt_record& b) {
  BOOST_CHECK(a.notification == b.notification);
  BOOST_CHECK(a.alert_name == b.alert_name);
  BOOST_CHECK(a.channel == b.channel);
  BOOST_CHECK(a.recipients == b.recipients);
  BOOST_CHECK_EQUAL(a.success, b.success);
  BOOST_CHECK(a.at == b.at);
  BOOST_CHECK(a.took == b.took);
  BOOST_CHECK(a.message == b.message);
  BOOST_CHECK_EQUAL(a.retry_count, b.retry_count);
  BOOST_CHECK(a.reason == b.reason);
}

void check_same(const silence& a, const silence& b) {
  BOOST_CHECK_EQUAL(a.id, b.id);
  BOOST_CHECK(a.matchers == b.matchers);
  BOOST_CHECK(a.starts_at == b.starts_at);
  BOOST_CHECK(a.ends_at == b.ends_at);
  BOOST_CHECK(a.updated_at == b.updated_at);
  BOOST_CHECK(a.created_by == b.created_by);
  BOOST_CHECK(a.comment == b.comment);
  BOOST_CHECK(a.recurrence == b.recurrence);
  BOOST_CHECK_EQUAL(a.expire_on_resolve, b.expire_on_resolve);
  BOOST_CHECK(a.matched_at == b.matched_at);
}

} // namespace tocsin::test

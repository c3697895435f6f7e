#include "storage/reader.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "storage/conditions.hpp"
#include "storage/detail_rows.hpp"
#include "storage/episode_rows.hpp"
#include "storage/notification_statements.hpp"
#include "storage/reader_pool.hpp"
#include "storage/rollup_cells.hpp"
#include "storage/silence_rows.hpp"

namespace tocsin::storage {

namespace {

const std::string history_columns = std::string(episode_columns)
                                    + ", resolution_time_seconds, root_cause, related_alerts, notification_channels, "
                                      "notification_count, updated_at";

constexpr const char* notification_columns =
    "id, notification_id, alert_name, channel, recipients, success, sent_at, duration_ms, message, retry_count, reason";

history_row read_history_row(const statement& query, json_column_reader& json) {
  row_reader row(query);
  history_row found;
  found.alert = read_episode(row, json);
  found.resolution_time_seconds = row.maybe_number();
  found.root_cause = row.string();
  found.related_alerts = json.numbers(row.text());
  found.notification_channels = json.strings(row.text());
  found.notification_count = row.number();
  found.updated_at = row.time();
  return found;
}

notification_row read_notification_row(const statement& query) {
  row_reader row(query);
  notification_row found;
  found.id = row.number();
  auto& a = found.attempt;
  a.notification = row.id<notification_id>();
  a.alert_name = row.string();
  a.channel = row.string();
  a.recipients = row.string();
  a.success = row.flag();
  a.at = row.time();
  a.took = duration(row.number());
  a.message = row.string();
  a.retry_count = row.small_number();
  a.reason = parse_notification_reason(row.text());
  return found;
}

std::optional<history_row> row_of(reader_pool::snapshot& snapshot, episode_id id) {
  statement query(snapshot.db(), "SELECT " + history_columns + " FROM alert_history WHERE id = ?1");
  query.open(id);
  if (!query.next()) return std::nullopt;
  return read_history_row(query, snapshot.json());
}

std::vector<notification_row> notifications_of(reader_pool::snapshot& snapshot, episode_id id) {
  statement query(snapshot.db(), std::string("SELECT ") + notification_columns
                                   + " FROM notification_history WHERE notification_id IN "
                                     "(SELECT notification_id FROM notification_alerts WHERE alert_id = ?1) "
                                     "ORDER BY sent_at, id");
  query.open(id);
  std::vector<notification_row> found;
  while (query.next()) found.push_back(read_notification_row(query));
  return found;
}

/// All but its `since`, limit and offset.
conditions conditions_of(const history_filter& filter) {
  conditions where;
  if (filter.alert_name) where.add("alert_name = ?", *filter.alert_name);
  if (filter.severity) where.add("severity = ?", to_string(*filter.severity));
  if (filter.service) where.add("service = ?", *filter.service);
  if (filter.status) where.add("status = ?", to_string(*filter.status));
  return where;
}

/// Hands the rows of a walk to `take`; true once that has enough.
bool walk_on(reader_pool::snapshot& snapshot, history_walk& where, conditions& which,
             const std::function<bool(const history_row&)>& take) {
  // Not by `id`, which would have to be sorted.
  which.add("+id <= ?", where.newest.value);
  statement query(snapshot.db(),
                  "SELECT " + history_columns + " FROM alert_history" + which.sql() + " ORDER BY start_time, id");
  query.open();
  which.bind(query);
  while (query.next()) {
    const auto row = read_history_row(query, snapshot.json());
    where.behind = row.alert.starts_at;
    where.behind_id = row.alert.id;
    if (!take(row)) return true;
  }
  return false;
}

/// What a query selects from and how it orders its rows; both are constants of this file.
struct page_query {
  const char* table;
  std::string columns;
  const char* order;
};

std::int64_t count_rows(SQLite::Database& db, const char* table, const conditions& where) {
  statement count(db, "SELECT count(*) FROM " + std::string(table) + where.sql());
  count.open();
  where.bind(count);
  count.next();
  return row_reader(count).number();
}

template <class Row, class Read>
page<Row> read_page(SQLite::Database& db, const page_query& what, const conditions& where, std::int64_t total,
                    std::int64_t limit, std::int64_t offset, Read&& read) {
  page<Row> found;
  found.total = total;
  statement query(db, "SELECT " + what.columns + " FROM " + what.table + where.sql() + " ORDER BY " + what.order
                          + " LIMIT ? OFFSET ?");
  query.open();
  where.bind(query);
  // A negative limit would mean none to SQLite.
  query.bind(std::max<std::int64_t>(limit, 0));
  query.bind(std::max<std::int64_t>(offset, 0));
  while (query.next()) found.rows.push_back(read(query));
  return found;
}

/// How many rows match, without stepping over all of them: roll-ups know the whole hours, and the active ones are few.
std::int64_t count_history(SQLite::Database& db, const history_filter& filter) {
  auto where = conditions_of(filter);
  where.add("start_time >= ?", filter.since);
  if (filter.status && *filter.status != episode_status::resolved) {
    return count_rows(db, "alert_history INDEXED BY alert_history_active", where.also("end_time IS NULL"));
  }
  // Of what was cleaned up few rows are left, and the roll-ups still know them all.
  const std::chrono::hours whole{std::max<std::int64_t>(first_whole_hour(db), 0)};
  const auto next_hour =
      std::max(std::chrono::ceil<std::chrono::hours>(filter.since), std::chrono::sys_time<std::chrono::hours>{whole});
  where.add("start_time < ?", timestamp{next_hour});
  const analytics_filter whole_hours{filter.alert_name, filter.service, next_hour};
  return count_rows(db, "alert_history", where)
         + count_episodes(db, whole_hours, filter.severity, filter.status.has_value());
}

} // namespace

struct reader::impl {
  impl(const location& where, std::size_t connections) : pool(where.file(), connections) {}

  reader_pool pool;
  std::mutex past_mutex;
  series_past past = past_for_anomalies();
};

reader::reader(const location& where, std::size_t connections) : impl_(std::make_unique<impl>(where, connections)) {}
reader::~reader() = default;

page<history_row> reader::history(const history_filter& filter) {
  reader_pool::snapshot snapshot(impl_->pool);
  const auto active = filter.status && *filter.status != episode_status::resolved;
  const page_query what{active ? "alert_history INDEXED BY alert_history_active" : "alert_history", history_columns,
                        "start_time DESC, id DESC"};
  auto where = conditions_of(filter);
  where.add("start_time >= ?", filter.since);
  if (active) where.also("end_time IS NULL");
  return read_page<history_row>(snapshot.db(), what, where, count_history(snapshot.db(), filter), filter.limit,
                                filter.offset,
                                [&](const statement& query) { return read_history_row(query, snapshot.json()); });
}

std::optional<history_detail> reader::detail(episode_id id) {
  reader_pool::snapshot snapshot(impl_->pool);
  auto row = row_of(snapshot, id);
  if (!row) return std::nullopt;
  history_detail found;
  found.row = std::move(*row);
  read_arrival(snapshot.db(), id, found);
  found.escalations = escalations_of(snapshot.db(), id);
  found.acknowledgements = acknowledgements_of(snapshot.db(), id);
  found.notifications = notifications_of(snapshot, id);
  found.events = events_of(snapshot.db(), id);
  found.correlations = correlations_of(snapshot.db(), id);
  return found;
}

std::optional<history_row> reader::find(episode_id id) {
  reader_pool::snapshot snapshot(impl_->pool);
  return row_of(snapshot, id);
}

history_walk reader::begin_walk(history_filter filter) {
  reader_pool::snapshot snapshot(impl_->pool);
  statement newest(snapshot.db(), "SELECT coalesce(max(id), 0) FROM alert_history");
  newest.open();
  newest.next();
  history_walk begun;
  begun.newest = row_reader(newest).id<episode_id>();
  // The first page begins with the rows of that very moment.
  begun.behind = filter.since;
  begun.behind_id = episode_id{-1};
  begun.filter = std::move(filter);
  return begun;
}

bool reader::walk(history_walk& where, const std::function<bool(const history_row&)>& take) {
  // The rest of the moment at which the last page ended, then what began later. One comparison
  // of both columns would step over all of that moment again for each page.
  auto same_moment = conditions_of(where.filter);
  same_moment.add("start_time = ?", where.behind);
  same_moment.add("id > ?", where.behind_id.value);
  auto later = conditions_of(where.filter);
  later.add("start_time > ?", where.behind);

  reader_pool::snapshot snapshot(impl_->pool);
  return walk_on(snapshot, where, same_moment, take) || walk_on(snapshot, where, later, take);
}

std::optional<std::vector<related_row>> reader::related(episode_id id, double min_score) {
  reader_pool::snapshot snapshot(impl_->pool);
  statement exists(snapshot.db(), "SELECT 1 FROM alert_history WHERE id = ?1");
  exists.open(id);
  if (!exists.next()) return std::nullopt;
  return related_to(snapshot.db(), snapshot.json(), id, min_score);
}

page<notification_row> reader::notifications(const notification_filter& filter) {
  conditions where;
  where.add("sent_at >= ?", filter.since);
  if (filter.alert_name) where.add("alert_name = ?", *filter.alert_name);
  if (filter.success) where.add("success = ?", std::int64_t{*filter.success});
  if (filter.channel) {
    // A handle has slashes, a kind has none.
    const bool handle = filter.channel->find('/') != std::string::npos;
    where.add(handle ? "channel = ?" : "channel_kind = ?", *filter.channel);
  }

  reader_pool::snapshot snapshot(impl_->pool);
  const page_query what{"notification_history", notification_columns, "sent_at DESC, id DESC"};
  return read_page<notification_row>(snapshot.db(), what, where, count_rows(snapshot.db(), what.table, where),
                                     filter.limit, filter.offset, read_notification_row);
}

statistics reader::statistics(const analytics_filter& filter) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_statistics(snapshot.db(), filter);
}

std::vector<top_alert> reader::top_alerts(const analytics_filter& filter, alert_order order, std::size_t limit) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_top_alerts(snapshot.db(), filter, order, limit);
}

report reader::report(const analytics_filter& filter, std::size_t top_alerts) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_report(snapshot.db(), filter, top_alerts);
}

std::vector<trend_point> reader::trends(const analytics_filter& filter, rollup_span span) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_trends(snapshot.db(), filter, span);
}

service_levels reader::service_levels(const analytics_filter& filter, std::size_t limit) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_service_levels(snapshot.db(), filter, limit);
}

noise_report reader::noise(const analytics_filter& filter, std::size_t limit) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_noise(snapshot.db(), filter, limit);
}

anomaly_report reader::anomalies(const anomaly_question& question) {
  // Before the connection, so that those who wait for the past keep none from others.
  const std::lock_guard lock(impl_->past_mutex);
  reader_pool::snapshot snapshot(impl_->pool);
  return find_anomalies(snapshot.db(), impl_->past, question);
}

forecast reader::forecast(std::string_view service, const std::optional<std::string>& alert_name, timestamp now,
                          std::int64_t hours) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_forecast(snapshot.db(), service, alert_name, now, hours);
}

std::vector<silence> reader::silences() {
  reader_pool::snapshot snapshot(impl_->pool);
  statement query(snapshot.db(), std::string("SELECT ") + silence_columns + " FROM silences ORDER BY id");
  query.open();
  std::vector<silence> found;
  while (query.next()) found.push_back(read_silence(query));
  return found;
}

std::optional<silence_detail> reader::find_silence(std::string_view id) {
  reader_pool::snapshot snapshot(impl_->pool);
  statement query(snapshot.db(), std::string("SELECT ") + silence_columns + " FROM silences WHERE id = ?1");
  query.open(id);
  if (!query.next()) return std::nullopt;
  return silence_detail{read_silence(query), changes_of(snapshot.db(), id)};
}

void reader::visit_active(const std::function<void(episode_id, const label_set&)>& visit) {
  reader_pool::snapshot snapshot(impl_->pool);
  storage::visit_active(snapshot.db(), snapshot.json(), visit);
}

std::vector<episode_id> reader::active_ids() {
  reader_pool::snapshot snapshot(impl_->pool);
  return storage::active_ids(snapshot.db());
}

std::vector<active_alert> reader::active(std::span<const episode_id> ids) {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_active(snapshot.db(), snapshot.json(), ids);
}

void reader::look_at_active(const std::function<void(active_view&)>& look) {
  reader_pool::snapshot snapshot(impl_->pool);
  active_view view(snapshot.db(), snapshot.json());
  look(view);
}

notification_statistics reader::attempts(timestamp since, const std::optional<std::string>& channel) {
  reader_pool::snapshot snapshot(impl_->pool);
  return count_attempts(snapshot.db(), since, channel);
}

std::map<std::string, channel_outcome, std::less<>> reader::last_outcomes(std::int64_t most) {
  reader_pool::snapshot snapshot(impl_->pool);
  return storage::last_outcomes(snapshot.db(), most);
}

storage_status reader::status() {
  reader_pool::snapshot snapshot(impl_->pool);
  return read_status(snapshot.db());
}

std::int64_t reader::count_active(const std::vector<matcher>& matchers, std::int64_t at_most) {
  reader_pool::snapshot snapshot(impl_->pool);
  // Without that index SQLite would step over the whole history.
  statement query(snapshot.db(),
                  "SELECT labels FROM alert_history INDEXED BY alert_history_active WHERE end_time IS NULL");
  query.open();
  std::int64_t found = 0;
  while (found < at_most && query.next()) {
    if (all_match(matchers, snapshot.json().labels(row_reader(query).text()))) ++found;
  }
  return found;
}

} // namespace tocsin::storage

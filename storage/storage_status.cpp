#include "storage/storage_status.hpp"

#include "storage/analytics.hpp"
#include "storage/schema.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

storage_status read_status(SQLite::Database& db) {
  storage_status found;
  found.schema_version = schema_version(db);
  statement counts(db,
                   "SELECT (SELECT count(*) FROM alert_history INDEXED BY alert_history_active "
                   "WHERE end_time IS NULL), (SELECT count(*) FROM notifications), "
                   "(SELECT value FROM marks WHERE name = 'cleaned_until')");
  counts.open();
  counts.next();
  row_reader row(counts);
  found.active_alerts = row.number();
  found.unfinished_notifications = row.number();
  found.cleaned_until = row.maybe_time();
  found.alerts = count_episodes(db, {std::nullopt, std::nullopt, timestamp{}}, std::nullopt, false);
  return found;
}

} // namespace tocsin::storage

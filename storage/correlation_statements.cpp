#include "storage/correlation_statements.hpp"

#include <algorithm>

namespace tocsin::storage {

namespace {

constexpr const char* save_sql = R"sql(
INSERT INTO alert_correlations (alert1_id, alert2_id, correlation_score, correlation_type, created_at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (alert1_id, alert2_id, correlation_type) DO UPDATE SET correlation_score = ?3, created_at = ?5)sql";

/// In a storm everything comes together with everything; a longer list helps nobody.
constexpr std::int64_t most_related = 50;

constexpr const char* relate_sql = R"sql(
UPDATE alert_history SET related_alerts = json_insert(related_alerts, '$[#]', ?2), updated_at = ?3
WHERE id = ?1 AND json_array_length(related_alerts) < ?4
  AND NOT EXISTS (SELECT 1 FROM json_each(related_alerts) WHERE value = ?2))sql";

} // namespace

correlation_statements::correlation_statements(const SQLite::Database& db)
    : save_(db, save_sql), relate_(db, relate_sql) {}

void correlation_statements::record(const correlation_record& c, timestamp now) {
  if (c.first == c.second) return;
  // A pair is one row, in whichever order it comes.
  const auto [lower, higher] = std::minmax(c.first, c.second);
  save_.run(lower, higher, c.score, c.type, c.at);
  relate_.run(lower, higher, now, most_related);
  relate_.run(higher, lower, now, most_related);
}

} // namespace tocsin::storage

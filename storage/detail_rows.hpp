#pragma once

#include <string_view>
#include <vector>

#include "storage/json_columns.hpp"
#include "storage/reader.hpp"

namespace SQLite {
class Database;
}

/// The rows that belong to one alert or one silence, oldest first. Each throws
/// SQLite::Exception.
namespace tocsin::storage {

/// Reads the route and the window by which the alert came.
void read_arrival(const SQLite::Database& db, episode_id id, history_detail& into);

std::vector<escalation_record> escalations_of(const SQLite::Database& db, episode_id id);
std::vector<acknowledgement_record> acknowledgements_of(const SQLite::Database& db, episode_id id);
std::vector<episode_event> events_of(const SQLite::Database& db, episode_id id);
/// In both directions, the closest first.
std::vector<correlation_row> correlations_of(const SQLite::Database& db, episode_id id);
/// The same with what people look at, without alerts that are not in the history any more.
/// @throws also std::runtime_error when a row cannot be read.
std::vector<related_row> related_to(const SQLite::Database& db, json_column_reader& json, episode_id id,
                                    double min_score);

std::vector<silence_change> changes_of(const SQLite::Database& db, std::string_view silence_id);

} // namespace tocsin::storage

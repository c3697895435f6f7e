#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/route_verdict.hpp"
#include "protocols/json_writer.hpp"
#include "storage/reader.hpp"

/// One alert's whole story: what happened to it, which route took it, and why
/// people were or were not told. Pure functions.
namespace tocsin::http {

/// What a program may want to read of an event without taking its sentence apart.
struct fact {
  std::string name;
  std::variant<std::string, std::int64_t, bool, timestamp, label_set> value;
};

/// One thing that happened.
struct story_event {
  timestamp at{};
  /// A word for programs: `received`, `grouped`, `duplicates`, a kind of event
  /// (`silenced`, `inhibited` …), `notification`, `escalated`, `acknowledged`, `resolved`.
  std::string what;
  /// A sentence for people.
  std::string text;
  std::vector<fact> facts;
};

struct explanation {
  episode_id id;
  std::string alert_name;
  episode_status status = episode_status::firing;
  /// One sentence: was anybody told, and if not, why not.
  std::string summary;
  /// The route that has the alert; empty when that was not recorded.
  std::string route;
  /// Says so where the current configuration would choose another; empty otherwise.
  std::string route_change;
  /// All routes of the current configuration, depth first, in the order of the file.
  std::vector<config::route_verdict> routes;
  /// Oldest first.
  std::vector<story_event> timeline;
  /// What helps people with it, as the current configuration says; null where it says nothing.
  std::optional<advice> hint;
};

explanation explain(const storage::history_detail& detail, const config::config& config, timestamp now);

void write_explanation(json_writer& w, const explanation& story);

} // namespace tocsin::http

#pragma once

#include <string>
#include <vector>

#include "http/explanation.hpp"

/// The parts of an explanation, each in a file of its own.
namespace tocsin::http {

/// All that happened, oldest first.
std::vector<story_event> tell_timeline(const storage::history_detail& detail, const config::config& config);

/// Was anybody told, and if not, why not.
/// @param receivers whom the routes of the alert tell.
std::string summarize(const storage::history_detail& detail, const config::config& config,
                      const std::vector<std::string>& receivers, timestamp now);

/// A moment as people read it, `2026-11-24T08:00:00Z`.
std::string moment_text(timestamp t);

} // namespace tocsin::http

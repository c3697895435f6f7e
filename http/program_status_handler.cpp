#include "http/program_status_handler.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>

#include <httplib.h>

#include "http/answer.hpp"
#include "http/change_feed.hpp"
#include "http/history_json.hpp"

namespace tocsin::http {

namespace {

/// What channels are judged by: there is no index that would find the last attempt of each.
constexpr std::int64_t attempts_looked_at = 10'000;

std::int64_t size_of(const std::string& file) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file, missing);
  return missing ? 0 : static_cast<std::int64_t>(size);
}

void write_moment(json_writer& w, std::string_view name, const std::optional<timestamp>& t) {
  w.key(name);
  t ? w.value(*t) : w.null();
}

void write_config(json_writer& w, const config::config& c, const reload_outcome& last) {
  w.key("config").begin_object().member("source", c.source).member("loaded_at", last.loaded_at);
  w.member("last_reload_failed", last.refused.has_value()).key("last_reload_error");
  last.refused ? w.value(*last.refused) : w.null();
  w.member("generation", c.generation).member("yaml", c.alertmanager_yaml).key("warnings").begin_array();
  for (const auto& warning : c.warnings) w.value(warning);
  w.end_array().end_object();
}

void write_storage(json_writer& w, const std::string& file, const storage::storage_status& found) {
  w.key("storage").begin_object().member("file", file).member("bytes", size_of(file));
  w.member("wal_bytes", size_of(file + "-wal")).member("schema_version", found.schema_version);
  w.member("active_alerts", found.active_alerts).member("alerts", found.alerts);
  write_moment(w, "cleaned_until", found.cleaned_until);
  w.end_object();
}

void write_channel(json_writer& w, const channel& c, const storage::channel_outcome& outcome) {
  // A failure that is retried counts until the retry succeeds.
  const auto failing = outcome.last_failure && (!outcome.last_success || *outcome.last_success < *outcome.last_failure);
  w.begin_object().member("channel", c.id).member("kind", c.kind()).member("receiver", c.receiver);
  w.member("failing", failing);
  write_moment(w, "last_success_at", outcome.last_success);
  write_moment(w, "last_failure_at", outcome.last_failure);
  w.key("last_failure");
  outcome.last_failure ? w.value(outcome.failure) : w.null();
  w.end_object();
}

void write_channels(json_writer& w, services& s, const config::config& c) {
  const auto outcomes = s.history.last_outcomes(attempts_looked_at);
  w.key("channels").begin_array();
  for (const auto& [name, receiver] : c.receivers) {
    for (const auto& each : receiver.channels) {
      const auto found = outcomes.find(each.id);
      write_channel(w, each, found == outcomes.end() ? storage::channel_outcome{} : found->second);
    }
  }
  w.end_array();
}

} // namespace

void get_status(services& s, const httplib::Request&, httplib::Response& response) {
  const auto now = s.core.options().time.now();
  const auto config = s.core.configuration();
  const auto stored = s.history.status();
  const auto silences = s.history.silences();
  const auto active = std::count_if(silences.begin(), silences.end(), [now](const silence& each) {
    return each.status_at(now) == silence_status::active;
  });
  response.set_header("Cache-Control", "no-store");
  answer_json(response, 200, one_body([&](json_writer& w) {
                const auto uptime = std::chrono::floor<std::chrono::seconds>(now - s.started_at);
                w.begin_object().member("version", s.version).member("started_at", s.started_at);
                w.member("uptime_seconds", uptime.count());
                write_config(w, *config, s.core.last_reload());
                write_storage(w, s.core.options().storage.file(), stored);
                w.key("queues").begin_object().member("alerts_in_flight", s.alerts_in_flight.load());
                w.member("alerts_in_flight_limit", s.high_water);
                w.member("unfinished_notifications", stored.unfinished_notifications);
                w.member("event_streams", s.changes.streams()).end_object();
                write_channels(w, s, *config);
                w.member("receivers", config->receivers.size()).member("routes", config->routes.routes().size());
                w.member("silences", active).end_object();
              }));
}

} // namespace tocsin::http

#include "actors/log.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "protocols/json_writer.hpp"

namespace tocsin::log {

namespace {

std::atomic<format> chosen{format::logfmt};

spdlog::level::level_enum to_spdlog(level l) {
  switch (l) {
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warn: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// Quotes a logfmt value where it needs it.
void append_logfmt(std::string& out, std::string_view value) {
  const auto plain = [](unsigned char c) { return c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7F; };
  if (!value.empty() && std::all_of(value.begin(), value.end(), plain)) {
    out += value;
    return;
  }
  json_writer(out).value(value);
}

std::string logfmt(std::string_view message, fields f) {
  std::string line = "msg=";
  append_logfmt(line, message);
  for (const auto& [key, value] : f) {
    line += ' ';
    line += key;
    line += '=';
    append_logfmt(line, value);
  }
  return line;
}

/// The rest of an object whose first members the pattern has written.
std::string json(std::string_view message, fields f) {
  std::string line;
  json_writer w(line);
  w.begin_object().member("msg", message);
  for (const auto& [key, value] : f) w.member(key, value);
  w.end_object();
  return line.substr(1);
}

} // namespace

void configure(level lowest, format how) {
  chosen = how;
  auto logger = spdlog::stderr_logger_mt("tocsin");
  const auto* pattern = how == format::logfmt ? "ts=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v"
                                              : R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)";
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger->set_level(to_spdlog(lowest));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

bool enabled(level l) noexcept {
  return spdlog::should_log(to_spdlog(l));
}

void event(level l, std::string_view message, fields f) {
  if (!enabled(l)) return;
  const auto line = chosen == format::logfmt ? logfmt(message, f) : json(message, f);
  // As a value, not as a format string: labels may hold braces.
  spdlog::default_logger_raw()->log(to_spdlog(l), spdlog::string_view_t(line.data(), line.size()));
}

} // namespace tocsin::log

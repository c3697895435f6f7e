#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "actors/engine.hpp"
#include "http/parser_pool.hpp"
#include "http/shared_answers.hpp"
#include "storage/reader.hpp"

namespace httplib {
struct Request;
struct Response;
} // namespace httplib

namespace tocsin::http {

class change_feed;

/// What handlers work with; shared by all threads of the server.
struct services {
  engine& core;
  storage::reader& history;
  parser_pool& parsers;
  change_feed& changes;
  /// Alerts that requests have handed in and that are not answered yet.
  std::atomic<std::int64_t> alerts_in_flight{0};
  /// Ingest answers 503 while more than this many are in flight.
  std::int64_t high_water = 100'000;
  /// False before the start is complete and once the end has begun.
  std::atomic<bool> ready{false};
  std::string version = {};
  /// When the server began.
  timestamp started_at{};
  /// Requests that wait for many seconds; see `turn`.
  std::atomic<int> long_requests{0};
  /// Lists of alerts under way; see `turn`.
  std::atomic<int> listings{0};
  /// Exports under way; see `turn`.
  std::atomic<int> exports{0};
  /// What fires now; pages ask for it all the time.
  shared_answers now = {};
  /// Questions that step over many attempts under way; see `turn`.
  std::atomic<int> counts{0};
};

} // namespace tocsin::http

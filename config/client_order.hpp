#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tocsin::config {

/// How a command writes what it found.
enum class output_form : std::uint8_t { table, json, csv };

/// What a command asks of a running Tocsin. Each reads those that its flags set.
struct client_order {
  /// Where that is reached: `http://127.0.0.1:9095`, with a path in front of its own and a user where needed.
  std::string url = "http://127.0.0.1:9095";
  /// PEM file with who signed its certificate; empty: whom the system trusts.
  std::string ca_file;
  output_form output = output_form::table;
  /// Matchers, or ids.
  std::vector<std::string> words;
  /// One id or channel.
  std::string subject;

  // Which alerts.
  bool active = false;
  bool silenced = false;
  bool inhibited = false;
  /// What the history has, not what fires now.
  bool history = false;
  std::int64_t days = 7;
  /// None found is a failure.
  bool exit_code = false;

  // Who does it, and why.
  std::string by;
  std::string comment;
  /// For resolve: how long it took, from its start; empty: until now.
  std::string after;
  std::int64_t to_level = 0;

  // Silences.
  std::string lasts;
  /// RFC 3339; empty: now.
  std::string starts;
  bool confirm = false;
  bool expired = false;
};

/// For `routes test`.
struct route_order {
  std::vector<std::string> labels;
  /// Receivers that are to be told, in any order; unset: any.
  std::optional<std::vector<std::string>> expected;
};

} // namespace tocsin::config

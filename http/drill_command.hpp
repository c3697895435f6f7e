#pragma once

#include <string>

#include "protocols/result.hpp"

namespace tocsin::http {

/// What `tocsin drill` asks of a running program.
struct drill_order {
  /// Where that is reached: `http://127.0.0.1:9095`, a path in front of its own included.
  std::string url;
  std::string receiver;
  std::string within;
  std::string severity;
  /// Who signed its certificate; empty: whom the system trusts.
  std::string ca_file = {};
};

/// How it went, in lines for a person.
struct drill_answer {
  bool arrived = false;
  std::string text;
};

/// Asks for a fire drill and waits until it is over.
/// @returns a failure that says why none was held.
result<drill_answer> hold_drill(const drill_order& order);

} // namespace tocsin::http

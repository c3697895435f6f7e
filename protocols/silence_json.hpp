#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/ingest.hpp"
#include "protocols/interval_json.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/matcher.hpp"
#include "protocols/result.hpp"
#include "protocols/silence.hpp"

/// Silences as JSON: as Alertmanager's API v2 sends and takes them, with our
/// extras beside its members; the database keeps matchers and recurrence in the
/// same shape. Pure functions.
namespace tocsin {

/// `[{"isEqual":true,"isRegex":false,"name":"service","value":"batch"}]`
void write_matchers(json_writer& w, const std::vector<matcher>& matchers);

/// Reads what `write_matchers` writes; `isEqual` may be missing and is then true.
result<std::vector<matcher>> read_matchers(std::string_view json);

/// Reads the body of `POST /api/v2/silences`: Alertmanager's members, and ours:
/// `recurrence`, time intervals in the shape of its configuration, and
/// `expireOnResolve`. Other members are ignored. Whether its times can be is not
/// looked at. The refusal is in Alertmanager's words; with a `code` of 0 it is one of
/// its handlers' and is answered as a JSON string.
result<silence, refusal> parse_silence(std::string_view body);

/// The silence as `GET /api/v2/silence/{id}` shows it, its state as of `now`;
/// `recurrence` and `expireOnResolve` only where they are set.
void write_silence(json_writer& w, const silence& s, timestamp now);

} // namespace tocsin

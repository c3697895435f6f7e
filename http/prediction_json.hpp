#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/prediction.hpp"

namespace tocsin::http {

/// What a forecast was asked for.
struct forecast_subject {
  std::string_view service;
  std::optional<std::string> alert_name;
};

/// The whole answers, in the envelope.
/// @param limit how many anomalies are shown at most; `total` counts them all.
std::string anomalies_body(const storage::anomaly_report& report, const storage::anomaly_question& question,
                           std::size_t limit);
std::string forecast_body(const storage::forecast& f, const forecast_subject& subject);

/// An anomaly in one sentence for a person who was just woken.
std::string explain(const storage::anomalous_series& a);

} // namespace tocsin::http

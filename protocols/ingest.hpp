#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/alert.hpp"
#include "protocols/result.hpp"
#include "protocols/time.hpp"

/// Wire formats in: the bodies that Prometheus and Alertmanager post.
namespace tocsin {

/// What the parser must know besides the body.
struct ingest_options {
  timestamp now{};
  /// Added to `now` where an alert has no end.
  duration resolve_timeout = std::chrono::minutes{5};
};

/// Why a whole body was refused.
struct refusal {
  std::int32_t http_status = 400;
  /// Alertmanager's code for the body of the answer: 400, 601, 602.
  std::int32_t code = 400;
  std::string message;
};

/// What a body held.
struct parsed_alerts {
  std::vector<alert> accepted;
  /// One sentence for each alert that was not taken, with its place: `alerts[3]: …`
  /// for webhooks, Alertmanager's own words for API v2.
  std::vector<std::string> rejected;
};

/// Reads alert bodies with buffers that it keeps from one to the next.
/// One thread at a time; keep one for each thread.
class alert_parser {
 public:
  alert_parser();
  ~alert_parser();
  alert_parser(alert_parser&&) noexcept;
  alert_parser& operator=(alert_parser&&) noexcept;

  /// `POST /api/v2/alerts`: an array of alerts as Prometheus and amtool send it.
  /// Valid alerts are accepted beside invalid ones. Invalid UTF-8 and lone
  /// surrogates are read as U+FFFD, as Alertmanager reads them.
  result<parsed_alerts, refusal> parse_v2(std::string_view body, const ingest_options& options);

  /// `POST /api/alerts/webhook`: Alertmanager's webhook, version "4", and its
  /// kin (Grafana's "1", older "3", "2", none). Alerts that a truncated list
  /// leaves out are not mentioned at all: nothing follows from their absence.
  result<parsed_alerts, refusal> parse_webhook(std::string_view body, const ingest_options& options);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin

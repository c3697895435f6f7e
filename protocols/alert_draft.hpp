#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocols/alert.hpp"
#include "protocols/ingest.hpp"
#include "protocols/result.hpp"

/// Between the bytes and the alert: what was sent, and the rules that make an
/// alert of it.
namespace tocsin {

/// What a webhook says about an alert, or about its whole group.
enum class sent_status : std::uint8_t { unsaid, firing, resolved };

/// `firing` and `resolved` in any case; anything else says nothing.
sent_status parse_sent_status(std::string_view text) noexcept;

/// An alert as it was sent, with nothing checked or filled in.
struct alert_draft {
  label_set labels;
  /// False when `labels` is missing or null; an empty object is something else.
  bool has_labels = false;
  label_set annotations;
  std::optional<timestamp> starts_at;
  std::optional<timestamp> ends_at;
  /// Lies in the body's buffer.
  std::string_view generator_url;
  /// Webhooks only.
  sent_status status = sent_status::unsaid;
};

/// Takes the labels out of `draft`, fills in the times as API v2 does, and
/// checks. The failure is in Alertmanager's words.
result<alert> settle_posted(alert_draft& draft, const ingest_options& options);

/// The same for an alert out of a webhook, where `status` decides whether it
/// fires and the times follow: the sender tells, once, what is true now.
/// @param group what the webhook says of all its alerts; counts where the alert
/// says nothing itself.
result<alert> settle_notified(alert_draft& draft, sent_status group, const ingest_options& options);

} // namespace tocsin

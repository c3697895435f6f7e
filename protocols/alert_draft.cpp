#include "protocols/alert_draft.hpp"

#include <algorithm>
#include <utility>

namespace tocsin {

namespace {

/// @param word in lower case, letters only.
bool equals_ignoring_case(std::string_view text, std::string_view word) noexcept {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return (a | 0x20) == b; });
}

/// The empty name is the only one that is no name: all that reaches this point is UTF-8.
bool has_empty_name(const label_set& labels) noexcept {
  return !labels.empty() && (*labels.begin()).name.empty();
}

/// What is longer is a sender's mistake. Labels are keys of the database's indexes: every other alert would be
/// compared with megabytes.
constexpr std::size_t longest_label = 65'536;

/// Ours, and in the words of the checks beside it: which label is too long.
std::optional<failure> oversize(const label_set& labels) {
  for (const auto [name, value] : labels) {
    if (name.size() <= longest_label && value.size() <= longest_label) continue;
    constexpr std::size_t shown = 64;
    const auto in_name = name.size() > longest_label;
    return failure{"invalid label set: the " + std::string(in_name ? "name" : "value") + " of label \""
                   + std::string(name.substr(0, shown)) + (name.size() > shown ? "…" : "") + "\" has "
                   + std::to_string(in_name ? name.size() : value.size()) + " bytes, more than "
                   + std::to_string(longest_label)};
  }
  return std::nullopt;
}

/// The checks that every alert passes, in the order in which Alertmanager makes them.
std::optional<failure> fault_of(const alert& a) {
  if (a.ends_at < a.starts_at) return failure{"start time must be before end time"};
  if (a.labels.empty()) return failure{"at least one label pair required"};
  if (has_empty_name(a.labels)) return failure{"invalid label set: invalid name \"\""};
  if (has_empty_name(a.annotations)) return failure{"invalid annotations: invalid name \"\""};
  return oversize(a.labels);
}

alert take_without_times(alert_draft& draft) {
  alert a;
  a.labels = std::move(draft.labels);
  a.annotations = std::move(draft.annotations);
  a.generator_url = draft.generator_url;
  return a;
}

result<alert> checked(alert&& a) {
  if (auto fault = fault_of(a)) return tl::unexpected<failure>(std::move(*fault));
  return std::move(a);
}

bool is_resolved(const alert_draft& draft, sent_status group, timestamp now) noexcept {
  if (draft.status != sent_status::unsaid) return draft.status == sent_status::resolved;
  // A group fires as soon as one of its alerts does, so only "resolved" speaks for each.
  if (group == sent_status::resolved) return true;
  return draft.ends_at && *draft.ends_at <= now;
}

} // namespace

sent_status parse_sent_status(std::string_view text) noexcept {
  if (equals_ignoring_case(text, "firing")) return sent_status::firing;
  if (equals_ignoring_case(text, "resolved")) return sent_status::resolved;
  return sent_status::unsaid;
}

result<alert> settle_posted(alert_draft& draft, const ingest_options& options) {
  auto a = take_without_times(draft);
  a.starts_at = draft.starts_at.value_or(draft.ends_at.value_or(options.now));
  a.timed_out_end = !draft.ends_at;
  a.ends_at = draft.ends_at.value_or(options.now + options.resolve_timeout);
  return checked(std::move(a));
}

result<alert> settle_notified(alert_draft& draft, sent_status group, const ingest_options& options) {
  const auto now = options.now;
  const auto resolved = is_resolved(draft, group, now);
  auto a = take_without_times(draft);
  // An end on the wrong side of now contradicts the status, which is the word that counts:
  // clocks differ, and old senders fill in odd ends.
  const auto end_fits = draft.ends_at && (*draft.ends_at <= now) == resolved;
  a.timed_out_end = !resolved && !end_fits;
  a.ends_at = end_fits ? *draft.ends_at : resolved ? now : now + options.resolve_timeout;
  a.starts_at = draft.starts_at.value_or(std::min(a.ends_at, now));
  // A start ahead of this clock cannot be true of what has been notified. It is moved only where
  // that contradicts no end that was sent.
  if (!end_fits || a.starts_at <= a.ends_at) a.starts_at = std::min(a.starts_at, now);
  return checked(std::move(a));
}

} // namespace tocsin

#include "storage/import/alert_rules.hpp"

#include <algorithm>

#include "protocols/utf8.hpp"

namespace tocsin::storage {

namespace {

using enum import_column;

/// So that no sum over the history can overflow.
constexpr std::int64_t most_counted = 1'000'000'000;
constexpr std::int64_t most_seconds = 100'000'000'000;
constexpr std::size_t most_shown = 60;

std::string named(import_column c) {
  return std::string(to_string(c));
}

std::string shown(const raw_cell& cell) {
  switch (cell.what) {
    case raw_cell::kind::none: return {};
    case raw_cell::kind::number: return std::to_string(cell.number);
    case raw_cell::kind::real: return std::to_string(cell.real);
    default: break;
  }
  auto text = '"' + replace_invalid_utf8(cell.text.substr(0, most_shown));
  for (auto& c : text) c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return text + (cell.text.size() > most_shown ? "…\"" : "\"");
}

std::string_view label(const std::vector<label_view>& labels, std::string_view name) {
  // The last one counts, as in a label set.
  const auto found = std::find_if(labels.rbegin(), labels.rend(), [&](const auto& l) { return l.name == name; });
  return found == labels.rend() ? std::string_view() : found->value;
}

std::string_view first_of(std::initializer_list<std::string_view> texts) {
  const auto found = std::find_if(texts.begin(), texts.end(), [](auto t) { return !t.empty(); });
  return found == texts.end() ? std::string_view() : *found;
}

} // namespace

bool alert_rules::refuse(std::string reason, const raw_cell& found) {
  fault_ = {std::move(reason), shown(found)};
  return false;
}

bool alert_rules::time(const raw_row& row, import_column c, std::optional<timestamp>& into) {
  const auto& cell = row[c];
  if (cell.empty()) return true;
  into = time_in(cell);
  if (!into) return refuse(named(c) + " is no time such as 2025-11-12T10:00:00Z or seconds since 1970", cell);
  if (*into < timestamp{}) return refuse(named(c) + " lies before 1970", cell);
  return true;
}

bool alert_rules::number(const raw_row& row, import_column c, std::int64_t least, std::int64_t most,
                         std::optional<std::int64_t>& into) {
  const auto& cell = row[c];
  if (cell.empty()) return true;
  into = number_in(cell);
  if (into && *into >= least && *into <= most) return true;
  return refuse(named(c) + " is no whole number from " + std::to_string(least) + " to " + std::to_string(most), cell);
}

bool alert_rules::text(const raw_row& row, import_column c, std::string& into) {
  const auto found = text_in(row[c]);
  if (!found) return refuse(named(c) + " is no text in UTF-8", row[c]);
  into = *found;
  return true;
}

tl::expected<imported_alert, refusal> alert_rules::read(const raw_row& row) {
  imported_alert made;
  auto& e = made.row.alert;
  const bool good = number(row, id, 1, INT64_MAX, made.source_id) && read_labels(row, e) && read_severities(row, e)
                    && read_times(row, made.row) && read_counts(row, made.row) && read_texts(row, made.row)
                    && read_lists(row, made.row);
  if (!good) return tl::unexpected(fault_);
  return made;
}

/// The labels are what an alert is known by; columns beside them fill in what they do not say.
bool alert_rules::read_labels(const raw_row& row, episode& e) {
  const auto& annotations_cell = row[annotations];
  if (!json_.labels(annotations_cell, labels_)) {
    return refuse("annotations are no JSON object of texts", annotations_cell);
  }
  e.annotations = label_set::from(labels_);
  if (!json_.labels(row[labels], labels_)) return refuse("labels are no JSON object of texts", row[labels]);
  // A label without a value is no label.
  std::erase_if(labels_, [](const label_view& l) { return l.value.empty(); });

  const auto of = [this](std::string_view name) { return label(labels_, name); };
  if (!complete_label(row, alert_name, "alertname", of("alertname"))
      || !complete_label(row, service, "service", first_of({of("service"), of("component"), of("job")}))
      || !complete_label(row, category, "category", first_of({of("category"), of("component")}))
      || !complete_label(row, instance, "instance", of("instance"))) {
    return false;
  }
  if (of("alertname").empty()) return refuse("alert_name is missing");
  e.labels = label_set::from(labels_);
  return true;
}

bool alert_rules::complete_label(const raw_row& row, import_column from, std::string_view name, std::string_view said) {
  const auto column = text_in(row[from]);
  if (!column) return refuse(named(from) + " is no text in UTF-8", row[from]);
  // An apostrophe in front of what looks like a formula may have been one of the text, in exports of early versions.
  const bool same = *column == said || (said.starts_with('\'') && said.substr(1) == *column);
  if (column->empty() || same) return true;
  if (!label(labels_, name).empty()) {
    return refuse(named(from) + " is not what the label " + std::string(name) + " says", row[from]);
  }
  labels_.push_back({name, *column});
  return true;
}

bool alert_rules::read_severities(const raw_row& row, episode& e) {
  const auto word = [&](import_column c, std::optional<tocsin::severity>& into) {
    if (row[c].empty()) return true;
    const auto found = text_in(row[c]);
    into = found ? severity_in(*found) : std::nullopt;
    return into.has_value() || refuse(named(c) + " is none of critical, warning, info", row[c]);
  };
  std::optional<tocsin::severity> now;
  std::optional<tocsin::severity> declared;
  if (!word(import_column::severity, now) || !word(declared_severity, declared)) return false;
  const auto labelled = severity_in(e.labels.get("severity"));
  e.state.current_severity = now.value_or(labelled.value_or(tocsin::severity::warning));
  e.declared_severity = declared.value_or(labelled.value_or(e.state.current_severity));
  return true;
}

bool alert_rules::read_times(const raw_row& row, history_row& into) {
  auto& e = into.alert;
  std::optional<timestamp> begin;
  std::optional<timestamp> acknowledged;
  std::optional<timestamp> seen;
  std::optional<timestamp> created;
  std::optional<timestamp> updated;
  if (!time(row, start_time, begin) || !time(row, acknowledgment_time, acknowledged) || !time(row, last_seen, seen)
      || !time(row, created_at, created) || !time(row, updated_at, updated)) {
    return false;
  }
  if (!begin) return refuse("start_time is missing");
  e.starts_at = *begin;
  // Of these a clock that is ahead does no harm.
  const auto by_now = [this](const std::optional<timestamp>& t, timestamp otherwise) {
    return std::min(t.value_or(otherwise), now_);
  };
  if (acknowledged) e.state.acknowledged_at = by_now(acknowledged, now_);
  e.received_at = by_now(created, *begin);
  e.state.last_seen = by_now(seen, *begin);
  into.updated_at = by_now(updated, std::max({e.received_at, e.state.last_seen, acknowledged.value_or(*begin)}));
  if (!read_end(row, into)) return false;
  if (!seen) e.state.last_seen = *e.state.ended_at;
  if (!updated) into.updated_at = std::max(into.updated_at, *e.state.ended_at);
  return true;
}

bool alert_rules::read_end(const raw_row& row, history_row& into) {
  auto& e = into.alert;
  auto& end = e.state.ended_at;
  std::optional<std::int64_t> seconds;
  if (!time(row, end_time, end) || !number(row, resolution_time_seconds, 0, most_seconds, seconds)) return false;
  const auto said = text_in(row[status]).value_or("?");
  if (!said.empty() && !parse_episode_status(said)) {
    return refuse("status is none of firing, acknowledged, escalated, suppressed, resolved", row[status]);
  }
  const bool over = said.empty() || parse_episode_status(said) == episode_status::resolved;
  if (!end && seconds && over) end = e.starts_at + std::chrono::seconds(*seconds);
  if (!end && close_open_) {
    end = std::max({e.starts_at, e.received_at, e.state.last_seen, into.updated_at,
                    e.state.acknowledged_at.value_or(e.starts_at)});
  }
  if (!end) return refuse("end_time is missing: only alerts that are over are imported", row[status]);
  if (*end < e.starts_at) return refuse("end_time lies before start_time", row[end_time]);
  if (*end > now_) return refuse("end_time lies in the future: only alerts that are over are imported", row[end_time]);
  e.state.status = episode_status::resolved;
  e.state.expires_at = *end;
  into.resolution_time_seconds = std::chrono::floor<std::chrono::seconds>(*end - e.starts_at).count();
  return true;
}

bool alert_rules::read_counts(const raw_row& row, history_row& into) {
  std::optional<std::int64_t> level;
  std::optional<std::int64_t> occurrences;
  std::optional<std::int64_t> reopenings;
  std::optional<std::int64_t> notifications;
  // The original implementation may count from 0.
  if (!number(row, import_column::escalation_level, 0, tocsin::escalation_level::highest, level)
      || !number(row, occurrence_count, 1, most_counted, occurrences)
      || !number(row, import_column::reopen_count, 0, most_counted, reopenings)
      || !number(row, notification_count, 0, most_counted, notifications)) {
    return false;
  }
  into.alert.state.level = tocsin::escalation_level{static_cast<int>(level.value_or(tocsin::escalation_level::lowest))};
  into.alert.state.occurrence_count = occurrences.value_or(1);
  into.alert.state.reopen_count = reopenings.value_or(0);
  into.notification_count = notifications.value_or(0);
  return true;
}

bool alert_rules::read_texts(const raw_row& row, history_row& into) {
  auto& e = into.alert;
  return text(row, acknowledged_by, e.state.acknowledged_by) && text(row, generator_url, e.generator_url)
         && text(row, suppressed_by, e.state.suppressed_by) && text(row, root_cause, into.root_cause);
}

bool alert_rules::read_lists(const raw_row& row, history_row& into) {
  auto related = json_.numbers(row[related_alerts]);
  if (!related) return refuse("related_alerts are no list of ids", row[related_alerts]);
  auto channels = json_.texts(row[notification_channels]);
  if (!channels) return refuse("notification_channels are no list of texts", row[notification_channels]);
  into.related_alerts = std::move(*related);
  into.notification_channels = std::move(*channels);
  return true;
}

} // namespace tocsin::storage

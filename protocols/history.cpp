#include "protocols/history.hpp"

#include <iterator>
#include <utility>

namespace tocsin {

namespace {

template <class T>
void move_behind(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) {
    to = std::move(from);
    return;
  }
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

std::string_view to_string(event_kind k) noexcept {
  switch (k) {
    case event_kind::inhibited: return "inhibited";
    case event_kind::silenced: return "silenced";
    case event_kind::muted: return "muted";
    case event_kind::deduplicated: return "deduplicated";
    case event_kind::released: return "released";
    case event_kind::reopened: return "reopened";
    case event_kind::flapping: return "flapping";
    case event_kind::calmed: return "calmed";
    case event_kind::cascade: return "cascade";
    case event_kind::rerouted: return "rerouted";
  }
  return "released";
}

std::optional<event_kind> parse_event_kind(std::string_view text) noexcept {
  using enum event_kind;
  for (auto k : {inhibited, silenced, muted, deduplicated, released, reopened, flapping, calmed, cascade, rerouted}) {
    if (text == to_string(k)) return k;
  }
  return std::nullopt;
}

bool write_batch::empty() const noexcept {
  return opened.empty() && updated.empty() && moved.empty() && reannotated.empty() && escalations.empty()
         && acknowledgements.empty() && groups.empty() && closed_groups.empty() && told.empty() && intents.empty()
         && attempts.empty() && events.empty() && causes.empty() && correlations.empty() && silences.empty()
         && silence_changes.empty() && forgotten_silences.empty() && overrides.empty() && forgotten_overrides.empty();
}

void write_batch::append(write_batch&& other) {
  move_behind(opened, std::move(other.opened));
  move_behind(updated, std::move(other.updated));
  move_behind(moved, std::move(other.moved));
  move_behind(reannotated, std::move(other.reannotated));
  move_behind(escalations, std::move(other.escalations));
  move_behind(acknowledgements, std::move(other.acknowledgements));
  move_behind(groups, std::move(other.groups));
  move_behind(closed_groups, std::move(other.closed_groups));
  move_behind(told, std::move(other.told));
  move_behind(intents, std::move(other.intents));
  move_behind(attempts, std::move(other.attempts));
  move_behind(events, std::move(other.events));
  move_behind(causes, std::move(other.causes));
  move_behind(correlations, std::move(other.correlations));
  move_behind(silences, std::move(other.silences));
  move_behind(silence_changes, std::move(other.silence_changes));
  move_behind(overrides, std::move(other.overrides));
  move_behind(forgotten_overrides, std::move(other.forgotten_overrides));
  move_behind(forgotten_silences, std::move(other.forgotten_silences));
}

} // namespace tocsin

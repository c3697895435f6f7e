#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>

namespace tocsin {

/// A number that names one thing of one kind; zero names nothing. `Tag` keeps
/// the kinds apart at compile time.
template <class Tag>
struct id_of {
  std::int64_t value = 0;

  constexpr explicit operator bool() const noexcept { return value != 0; }
  constexpr auto operator<=>(const id_of&) const noexcept = default;
};

template <class Inspector, class Tag>
auto inspect(Inspector& f, id_of<Tag>& x) {
  return f(x.value);
}

/// Names one row of `alert_history`: one alert from first firing to resolution.
using episode_id = id_of<struct episode_tag>;
/// Names one alert group, across restarts.
using group_id = id_of<struct group_tag>;
/// Names one notification on one channel, across its attempts and restarts.
using notification_id = id_of<struct notification_tag>;

/// Hands out the ids of one kind. Ids are given before the row is written, so
/// that a group can name an episode in later writes without waiting for the
/// database; an id whose write failed is never used again.
/// Thread-safe.
template <class Id>
class id_source {
 public:
  /// @param last the highest id in use; the first one handed out is `last + 1`.
  explicit id_source(Id last = {}) : last_(last.value) {}

  Id next() noexcept { return Id{last_.fetch_add(1, std::memory_order_relaxed) + 1}; }

 private:
  std::atomic<std::int64_t> last_;
};

/// The id sources that a running system shares.
struct id_sources {
  id_sources() = default;
  /// Continues after the highest ids in use.
  id_sources(episode_id episode, group_id group, notification_id notification)
      : episodes(episode), groups(group), notifications(notification) {}

  id_source<episode_id> episodes;
  id_source<group_id> groups;
  id_source<notification_id> notifications;
};

} // namespace tocsin

template <class Tag>
struct std::hash<tocsin::id_of<Tag>> {
  std::size_t operator()(const tocsin::id_of<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};

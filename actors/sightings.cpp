#include "actors/sightings.hpp"

#include <functional>
#include <limits>
#include <utility>

namespace tocsin {

namespace {

constexpr std::int64_t closed = std::numeric_limits<std::int64_t>::min();

std::int64_t pack(timestamp ends_at, bool derived) noexcept {
  return ends_at.time_since_epoch().count() * 2 + (derived ? 1 : 0);
}

timestamp end_of(std::int64_t lease) noexcept {
  return timestamp{duration{lease >> 1}};
}
bool is_derived(std::int64_t lease) noexcept {
  return (lease & 1) != 0;
}

std::uint64_t hash_of(const std::string& url) noexcept {
  return std::hash<std::string>{}(url);
}

} // namespace

void sighting_list::note(std::shared_ptr<sighting> seen) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = noted_.empty();
    noted_.push_back(std::move(seen));
  }
  if (first) nudge_();
}

std::vector<std::shared_ptr<sighting>> sighting_list::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(noted_, {});
}

sighting::sighting(const alert& known, const std::shared_ptr<sighting_list>& list)
    : labels_(known.labels),
      annotations_(known.annotations),
      starts_at_(known.starts_at),
      url_hash_(hash_of(known.generator_url)),
      list_(list),
      lease_(pack(known.ends_at, known.timed_out_end)) {}

bool sighting::report(const alert& reported, timestamp now) {
  if (reported.annotations != annotations_ || hash_of(reported.generator_url) != url_hash_
      || reported.starts_at < starts_at_) {
    return false;
  }
  auto lease = lease_.load();
  const auto asked = pack(reported.ends_at, reported.timed_out_end);
  do {
    if (lease == closed) return false;
    if (lease == asked || keeps_end(end_of(lease), is_derived(lease), reported.ends_at)) break;
  } while (!lease_.compare_exchange_weak(lease, asked));
  count_.fetch_add(1);
  last_seen_.store(now.time_since_epoch().count());
  if (!noted_.exchange(true)) {
    if (const auto list = list_.lock()) list->note(shared_from_this());
  }
  return true;
}

sighting_report sighting::take_counts() {
  sighting_report r;
  r.labels = labels_;
  r.count = count_.exchange(0);
  r.last_seen = timestamp{duration{last_seen_.load()}};
  return r;
}

sighting_report sighting::collect() {
  // First: a report that comes after this is noted anew.
  noted_.store(false);
  auto r = take_counts();
  if (const auto lease = lease_.load(); lease != closed) {
    r.ends_at = end_of(lease);
    r.timed_out_end = is_derived(lease);
  }
  return r;
}

sighting_report sighting::close() {
  const auto lease = lease_.exchange(closed);
  auto r = take_counts();
  if (lease != closed) {
    r.ends_at = end_of(lease);
    r.timed_out_end = is_derived(lease);
  }
  return r;
}

std::optional<last_report> sighting::last() const {
  const auto lease = lease_.load();
  if (lease == closed) return std::nullopt;
  const auto seen = last_seen_.load();
  return last_report{end_of(lease), seen == 0 ? std::nullopt : std::optional(timestamp{duration{seen}})};
}

bool sighting_board::report(const alert& reported, timestamp now) const {
  const auto& s = shard_of(reported.labels);
  const std::shared_lock lock(s.mutex);
  const auto found = s.known.find(reported.labels);
  return found != s.known.end() && found->second->report(reported, now);
}

void sighting_board::open(std::shared_ptr<sighting> known) {
  auto& s = shard_of(known->labels());
  const std::unique_lock lock(s.mutex);
  auto labels = known->labels();
  s.known.insert_or_assign(std::move(labels), std::move(known));
}

bool sighting_board::contains(const label_set& labels) const {
  const auto& s = shard_of(labels);
  const std::shared_lock lock(s.mutex);
  return s.known.contains(labels);
}

std::optional<last_report> sighting_board::last(const label_set& labels) const {
  const auto& s = shard_of(labels);
  const std::shared_lock lock(s.mutex);
  const auto found = s.known.find(labels);
  return found == s.known.end() ? std::nullopt : found->second->last();
}

std::optional<sighting_report> sighting_board::close(const label_set& labels) {
  if (!contains(labels)) return std::nullopt;
  auto& s = shard_of(labels);
  const std::unique_lock lock(s.mutex);
  const auto node = s.known.extract(labels);
  if (node.empty()) return std::nullopt;
  return node.mapped()->close();
}

} // namespace tocsin

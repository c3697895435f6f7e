#include "http/change_feed.hpp"

#include <exception>
#include <utility>

#include "actors/log.hpp"
#include "storage/change_probe.hpp"

namespace tocsin::http {

namespace {

using namespace std::chrono_literals;

/// How often the watcher looks. A look reads a few bytes of shared memory.
constexpr std::chrono::milliseconds glance = 100ms;
/// How long it leaves a database alone that cannot be read.
constexpr std::chrono::milliseconds patience = 2s;

} // namespace

change_feed::change_feed(storage::location where, time_source time)
    : where_(std::move(where)), time_(std::move(time)) {}

change_feed::~change_feed() {
  stop();
  if (watcher_.joinable()) watcher_.join();
}

change_feed::stream::stream(change_feed& feed) : feed_(feed) {
  const std::lock_guard lock(feed_.mutex_);
  if (feed_.stopped_ || feed_.streams_ >= most_streams) return;
  granted_ = true;
  seen_ = feed_.last_.sequence;
  ++feed_.streams_;
  if (!feed_.watcher_.joinable()) feed_.watcher_ = std::thread([f = &feed_] { f->watch(); });
  feed_.concerns_watcher_.notify_one();
}

change_feed::stream::~stream() {
  if (!granted_) return;
  const std::lock_guard lock(feed_.mutex_);
  --feed_.streams_;
  feed_.concerns_watcher_.notify_one();
}

std::optional<change> change_feed::stream::next(std::chrono::milliseconds most) {
  std::unique_lock lock(feed_.mutex_);
  feed_.changed_.wait_for(lock, most, [this] { return feed_.stopped_ || feed_.last_.sequence != seen_; });
  if (feed_.stopped_ || feed_.last_.sequence == seen_) return std::nullopt;
  seen_ = feed_.last_.sequence;
  return feed_.last_;
}

void change_feed::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
  concerns_watcher_.notify_one();
}

bool change_feed::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

int change_feed::streams() const {
  const std::lock_guard lock(mutex_);
  return streams_;
}

void change_feed::watch() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    concerns_watcher_.wait(lock, [this] { return stopped_ || streams_ > 0; });
    if (stopped_) return;
    try {
      look(lock);
    } catch (const std::exception& e) {
      // `look` throws without the lock.
      if (!lock.owns_lock()) lock.lock();
      log::warn("cannot see whether the history changes", {{"file", where_.file()}, {"error", e.what()}});
      concerns_watcher_.wait_for(lock, patience, [this] { return stopped_; });
    }
  }
}

void change_feed::look(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  storage::change_probe probe(where_);
  auto version = probe.version();
  lock.lock();
  // What came before this thread looked may be news to whoever waits already.
  tell(lock);
  while (wanted()) {
    concerns_watcher_.wait_for(lock, glance, [this] { return !wanted(); });
    lock.unlock();
    const auto now = probe.version();
    lock.lock();
    if (now == version) continue;
    version = now;
    tell(lock);
  }
}

/// Leaves a gap behind what it told, in which changes add up.
void change_feed::tell(std::unique_lock<std::mutex>& lock) {
  ++last_.sequence;
  last_.at = time_.now();
  changed_.notify_all();
  concerns_watcher_.wait_for(lock, shortest_gap, [this] { return !wanted(); });
}

} // namespace tocsin::http

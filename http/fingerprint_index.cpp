#include "http/fingerprint_index.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace tocsin::http {

namespace {

bool by_episode(const place& a, const place& b) {
  return a.episode < b.episode;
}

} // namespace

std::vector<place> fingerprint_index::all(storage::reader& history) {
  auto ids = history.active_ids();
  std::sort(ids.begin(), ids.end());
  std::shared_ptr<const places> known;
  {
    const std::lock_guard lock(mutex_);
    known = known_;
  }
  places found;
  found.reserve(ids.size());
  std::vector<episode_id> unknown;
  auto next = known->begin();
  for (const auto id : ids) {
    while (next != known->end() && next->episode < id) ++next;
    if (next != known->end() && next->episode == id) {
      found.push_back(*next);
    } else {
      unknown.push_back(id);
    }
  }
  constexpr std::size_t rows_a_read = 1024;
  for (std::size_t i = 0; i < unknown.size(); i += rows_a_read) {
    const auto count = std::min(rows_a_read, unknown.size() - i);
    for (const auto& a : history.active(std::span(unknown).subspan(i, count))) {
      found.push_back({a.labels.hash(), a.id});
    }
  }
  if (!unknown.empty() || found.size() != known->size()) {
    std::sort(found.begin(), found.end(), by_episode);
    auto made = std::make_shared<const places>(found);
    const std::lock_guard lock(mutex_);
    known_ = std::move(made);
  }
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace tocsin::http

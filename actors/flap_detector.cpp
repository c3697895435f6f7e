#include "actors/flap_detector.hpp"

namespace tocsin {

bool flap_detector::note(timestamp now, const label_set& labels) {
  if (rules_.changes == 0) return false;
  auto& r = known_[labels];
  r.changes.push_back(now);
  while (r.changes.size() > rules_.changes + 1) r.changes.pop_front();
  if (const auto due = deadline_of(r); !deadline_ || due < *deadline_) deadline_ = due;
  if (r.flapping || r.changes.size() <= rules_.changes || now - r.changes.front() > rules_.window) return false;
  r.flapping = true;
  if (const auto due = deadline_of(r); due < *deadline_) deadline_ = due;
  return true;
}

bool flap_detector::flapping(const label_set& labels) const {
  const auto found = known_.find(labels);
  return found != known_.end() && found->second.flapping;
}

timestamp flap_detector::deadline_of(const record& r) const {
  return r.changes.back() + (r.flapping ? rules_.calm : rules_.window);
}

std::vector<label_set> flap_detector::settle(timestamp now) {
  std::vector<label_set> calmed;
  if (!deadline_ || *deadline_ > now) return calmed;
  deadline_.reset();
  std::erase_if(known_, [&](const auto& entry) {
    const auto due = deadline_of(entry.second);
    if (due > now) {
      if (!deadline_ || due < *deadline_) deadline_ = due;
      return false;
    }
    if (entry.second.flapping) calmed.push_back(entry.first);
    return true;
  });
  return calmed;
}

std::vector<std::pair<label_set, std::vector<timestamp>>> flap_detector::remembered() const {
  std::vector<std::pair<label_set, std::vector<timestamp>>> all;
  all.reserve(known_.size());
  for (const auto& [labels, r] : known_) {
    all.emplace_back(labels, std::vector<timestamp>(r.changes.begin(), r.changes.end()));
  }
  return all;
}

std::string flap_detector::describe(const label_set& labels) const {
  const auto found = known_.find(labels);
  const auto count = found == known_.end() ? std::size_t{0} : found->second.changes.size();
  return "flapping: " + std::to_string(count) + " changes within " + format_duration(rules_.window);
}

} // namespace tocsin

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/matcher.hpp"

namespace tocsin {

/// Finds which of many lists of matchers match a label set without trying them
/// all: a list that asks for an exact value (or one of a few) is filed under that
/// label and value, and only lists filed under a label of the alert, and those
/// that ask for nothing exact, are tried.
///
/// Each list is known by a number of the caller's. Looking up allocates nothing.
/// Reading from many threads at once is safe; changing needs them kept out.
class matcher_index {
 public:
  /// Files a list under `key`, which must not be in use. An empty list matches everything.
  void add(std::size_t key, std::vector<matcher> matchers);
  /// Forgets the list of that key, if there is one.
  void remove(std::size_t key);
  void clear();
  std::size_t size() const noexcept { return lists_.size(); }

  /// Calls `visit(key)` for each list that matches, in no certain order, until it returns false.
  template <class Visit>
  void for_each_match(const label_set& labels, Visit&& visit) const;

  /// Whether any list matches.
  bool any_match(const label_set& labels) const;

 private:
  using matcher_list = std::shared_ptr<const std::vector<matcher>>;

  /// A list in a place where it is looked for.
  struct filed {
    std::size_t key = 0;
    matcher_list matchers;
  };
  using bucket = std::vector<filed>;

  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using by_text = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

  struct entry {
    matcher_list matchers;
    /// The matcher under whose values it is filed; null for one that is always tried.
    const matcher* place = nullptr;
  };

  /// The lists filed under that label, or null.
  const bucket* find_bucket(const label_view& label) const noexcept;
  /// The size of the fullest bucket that a list with this matcher would go to.
  std::size_t crowd_at(const matcher& m, const std::vector<std::string_view>& values) const noexcept;
  /// The matcher that leads to the emptiest buckets, or null when none asks for exact values.
  const matcher* choose_place(const std::vector<matcher>& matchers) const;

  std::unordered_map<std::size_t, entry> lists_;
  /// By label, then by value.
  by_text<by_text<bucket>> by_label_;
  /// Lists that ask for nothing exact.
  bucket always_tried_;
};

template <class Visit>
void matcher_index::for_each_match(const label_set& labels, Visit&& visit) const {
  // A list is in one bucket of one label at most, so none is visited twice.
  const auto visit_all = [&](const bucket& candidates) {
    for (const auto& one : candidates) {
      if (all_match(*one.matchers, labels) && !visit(one.key)) return false;
    }
    return true;
  };
  if (!visit_all(always_tried_) || by_label_.empty()) return;
  for (const auto label : labels) {
    const auto* candidates = find_bucket(label);
    if (candidates && !visit_all(*candidates)) return;
  }
}

} // namespace tocsin

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

/// One label: a name and its value, both UTF-8.
struct label_view {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const label_view&, const label_view&) = default;
};

/// An immutable set of labels (or annotations), sorted bytewise by name, each
/// name once. All names and values lie in one shared block, so a copy costs a
/// reference count and an alert with ten labels costs one allocation: with
/// hundreds of thousands of active alerts this is most of the memory.
/// Safe to copy and read from any thread.
class label_set {
 public:
  class iterator;

  /// The empty set.
  label_set() = default;

  /// Sorts `labels` in place and packs them. A name that comes twice keeps its
  /// last value, as a JSON object does.
  static label_set from(std::vector<label_view>& labels);

  /// For tests and literals: `label_set::of({{"alertname", "X"}})`.
  static label_set of(std::initializer_list<label_view> labels);

  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }

  /// The value of `name`, or the empty string: to matchers and grouping a
  /// missing label and an empty one are the same.
  std::string_view get(std::string_view name) const noexcept;
  bool contains(std::string_view name) const noexcept;

  iterator begin() const noexcept;
  iterator end() const noexcept;

  /// FNV-1a-64 over name, 0xFF, value, 0xFF of each label in order: the number
  /// that Alertmanager shows as fingerprint. The empty set has the offset basis
  /// cbf29ce484222325.
  std::uint64_t hash() const noexcept;

  /// Bytes that this set's block takes, for accounting.
  std::size_t footprint() const noexcept;

  friend bool operator==(const label_set& a, const label_set& b) noexcept;
  /// By size, then by names and values in order, so that sorting is stable across runs.
  friend std::strong_ordering operator<=>(const label_set& a, const label_set& b) noexcept;

 private:
  // Layout of the block: u64 hash, u32 count, then per label the u32 end of its
  // name and the u32 end of its value, counted from the first byte of text,
  // then the text.
  std::shared_ptr<const char[]> block_;

  label_view at(std::size_t index) const noexcept;
};

class label_set::iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = label_view;
  using difference_type = std::ptrdiff_t;
  using pointer = const label_view*;
  using reference = label_view;

  iterator() = default;

  label_view operator*() const noexcept { return set_->at(index_); }
  iterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  iterator operator++(int) noexcept {
    auto before = *this;
    ++index_;
    return before;
  }
  friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.index_ == b.index_; }

 private:
  friend class label_set;
  iterator(const label_set* set, std::size_t index) noexcept : set_(set), index_(index) {}

  const label_set* set_ = nullptr;
  std::size_t index_ = 0;
};

inline label_set::iterator label_set::begin() const noexcept {
  return {this, 0};
}
inline label_set::iterator label_set::end() const noexcept {
  return {this, size()};
}

/// MD5 over name, 0xFF, value, 0xFF of each label in order, as 32 lower-case
/// hex digits: the fingerprint that the history stores.
std::string fingerprint_md5(const label_set& labels);

/// `labels.hash()` as 16 lower-case hex digits: the fingerprint of Alertmanager's API.
std::string fingerprint_fnv(const label_set& labels);

/// A label set crosses a network as its names and values in order.
template <class Inspector>
auto inspect(Inspector& f, label_set& x) {
  std::vector<std::pair<std::string, std::string>> flat;
  if constexpr (Inspector::reads_state) {
    for (auto [name, value] : x) flat.emplace_back(name, value);
    return f(flat);
  } else {
    auto result = f(flat);
    std::vector<label_view> views(flat.begin() == flat.end() ? 0 : flat.size());
    for (std::size_t i = 0; i < flat.size(); ++i) views[i] = {flat[i].first, flat[i].second};
    x = label_set::from(views);
    return result;
  }
}

} // namespace tocsin

template <>
struct std::hash<tocsin::label_set> {
  std::size_t operator()(const tocsin::label_set& labels) const noexcept { return labels.hash(); }
};

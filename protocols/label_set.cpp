#include "protocols/label_set.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include <openssl/evp.h>

#include "protocols/digest.hpp"

namespace tocsin {

namespace {

constexpr std::uint64_t fnv_basis = 0xcbf29ce484222325ULL;
constexpr std::uint64_t fnv_prime = 0x100000001b3ULL;
constexpr unsigned char separator = 0xFF;

constexpr std::size_t count_offset = sizeof(std::uint64_t);
constexpr std::size_t ends_offset = count_offset + sizeof(std::uint32_t);
constexpr std::size_t ends_per_label = 2;

template <class T>
T load(const char* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(char* to, T value) noexcept {
  std::memcpy(to, &value, sizeof value);
}

std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) noexcept {
  for (unsigned char byte : bytes) hash = (hash ^ byte) * fnv_prime;
  return (hash ^ separator) * fnv_prime;
}

std::size_t text_offset(std::size_t count) noexcept {
  return ends_offset + count * ends_per_label * sizeof(std::uint32_t);
}

/// Sorts by name and drops all but the last of each name.
void normalize(std::vector<label_view>& labels) {
  auto by_name = [](const label_view& a, const label_view& b) { return a.name < b.name; };
  if (!std::is_sorted(labels.begin(), labels.end(), by_name)) {
    std::stable_sort(labels.begin(), labels.end(), by_name);
  }
  auto same_name = [](const label_view& a, const label_view& b) { return a.name == b.name; };
  // unique() keeps the first of a run, so it walks backwards to keep the last.
  auto kept = std::unique(labels.rbegin(), labels.rend(), same_name);
  labels.erase(labels.begin(), kept.base());
}

} // namespace

label_set label_set::from(std::vector<label_view>& labels) {
  normalize(labels);
  label_set result;
  if (labels.empty()) return result;

  std::size_t text_size = 0;
  for (const auto& label : labels) text_size += label.name.size() + label.value.size();
  if (text_size > UINT32_MAX) throw std::length_error("a label set of more than 4 GiB");

  const auto start = text_offset(labels.size());
  auto block = std::make_shared_for_overwrite<char[]>(start + text_size);
  auto hash = fnv_basis;
  auto* ends = block.get() + ends_offset;
  auto* text = block.get() + start;
  std::uint32_t end = 0;
  auto append = [&](std::string_view part) {
    if (!part.empty()) std::memcpy(text + end, part.data(), part.size());
    end += static_cast<std::uint32_t>(part.size());
    store(ends, end);
    ends += sizeof end;
    hash = fnv(hash, part);
  };
  for (const auto& label : labels) {
    append(label.name);
    append(label.value);
  }
  store(block.get(), hash);
  store(block.get() + count_offset, static_cast<std::uint32_t>(labels.size()));
  result.block_ = std::move(block);
  return result;
}

label_set label_set::of(std::initializer_list<label_view> labels) {
  std::vector<label_view> copy(labels);
  return from(copy);
}

std::size_t label_set::size() const noexcept {
  return block_ ? load<std::uint32_t>(block_.get() + count_offset) : 0;
}

std::uint64_t label_set::hash() const noexcept {
  return block_ ? load<std::uint64_t>(block_.get()) : fnv_basis;
}

label_view label_set::at(std::size_t index) const noexcept {
  const auto* ends = block_.get() + ends_offset + index * ends_per_label * sizeof(std::uint32_t);
  const auto begin = index == 0 ? 0 : load<std::uint32_t>(ends - sizeof(std::uint32_t));
  const auto middle = load<std::uint32_t>(ends);
  const auto end = load<std::uint32_t>(ends + sizeof(std::uint32_t));
  const auto* text = block_.get() + text_offset(size());
  return {{text + begin, middle - begin}, {text + middle, end - middle}};
}

std::string_view label_set::get(std::string_view name) const noexcept {
  for (auto label : *this) {
    if (label.name == name) return label.value;
  }
  return {};
}

bool label_set::contains(std::string_view name) const noexcept {
  return std::any_of(begin(), end(), [name](label_view label) { return label.name == name; });
}

std::size_t label_set::footprint() const noexcept {
  if (!block_) return 0;
  const auto count = size();
  return text_offset(count) + load<std::uint32_t>(block_.get() + text_offset(count) - sizeof(std::uint32_t));
}

bool operator==(const label_set& a, const label_set& b) noexcept {
  if (a.block_ == b.block_) return true;
  const auto bytes = a.footprint();
  return a.hash() == b.hash() && bytes == b.footprint() && bytes != 0
         && std::memcmp(a.block_.get(), b.block_.get(), bytes) == 0;
}

std::strong_ordering operator<=>(const label_set& a, const label_set& b) noexcept {
  if (auto by_size = a.size() <=> b.size(); by_size != 0) return by_size;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = a.at(i);
    const auto y = b.at(i);
    if (auto by_name = x.name <=> y.name; by_name != 0) return by_name;
    if (auto by_value = x.value <=> y.value; by_value != 0) return by_value;
  }
  return std::strong_ordering::equal;
}

std::string fingerprint_md5(const label_set& labels) {
  std::string text;
  for (auto [name, value] : labels) {
    text.append(name).push_back(static_cast<char>(separator));
    text.append(value).push_back(static_cast<char>(separator));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
    throw std::runtime_error("MD5 is not available in this OpenSSL");
  }
  return hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string fingerprint_fnv(const label_set& labels) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex(16, '0');
  auto hash = labels.hash();
  for (std::size_t i = hex.size(); i-- > 0; hash >>= 4) hex[i] = digits[hash & 15];
  return hex;
}

} // namespace tocsin

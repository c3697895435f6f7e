#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace tocsin::config {

/// A value of the label `severity` in lower case, on the stack: it is looked at
/// for every alert that comes in. Longer words come out empty; nothing means them.
class severity_word {
 public:
  static constexpr std::size_t max_size = 32;

  explicit severity_word(std::string_view word) noexcept : size_(word.size() > max_size ? 0 : word.size()) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    std::transform(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(size_), text_.begin(), lower);
  }

  std::string_view text() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, max_size> text_{};
  std::size_t size_;
};

} // namespace tocsin::config

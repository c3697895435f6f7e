#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <semaphore>
#include <set>
#include <string>
#include <string_view>

namespace tocsin::http {

/// Compares passwords with bcrypt hashes. That takes tens of milliseconds on purpose, so answers are
/// remembered, one comparison runs at a time, and few may wait for their turn.
class password_check {
 public:
  enum class verdict { right, wrong, busy };

  password_check();

  /// @param hash what the password of this user must make.
  verdict matches(std::string_view user, const std::string& hash, const std::string& password);

 private:
  using digest = std::array<unsigned char, 32>;

  digest digest_of(std::string_view user, std::string_view hash, std::string_view password) const;
  static void remember(std::set<digest>& answers, const digest& d);

  /// So that what is remembered is of no use to anybody else.
  std::array<unsigned char, 32> salt_;
  std::mutex mutex_;
  /// Apart, so that guesses do not push out what is right; guarded by `mutex_`.
  std::set<digest> right_;
  std::set<digest> wrong_;
  std::mutex turn_;
  std::counting_semaphore<> places_;
};

} // namespace tocsin::http

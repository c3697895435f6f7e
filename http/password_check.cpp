#include "http/password_check.hpp"

#include <memory>
#include <stdexcept>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace tocsin::http {

namespace {

constexpr std::size_t most_remembered = 100;
/// Threads that a comparison under way may keep waiting.
constexpr std::ptrdiff_t most_waiting = 8;

bool makes(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), data.get());
  if (made == nullptr) return false;
  const std::string_view text(made);
  const bool same = text.size() == hash.size() && CRYPTO_memcmp(text.data(), hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(data.get(), sizeof *data);
  return same;
}

} // namespace

password_check::password_check() : places_(most_waiting) {
  if (RAND_bytes(salt_.data(), static_cast<int>(salt_.size())) != 1) throw std::runtime_error("no random numbers");
}

password_check::verdict password_check::matches(std::string_view user, const std::string& hash,
                                                const std::string& password) {
  // crypt takes C strings: what is behind a zero would not count.
  if (password.find('\0') != std::string::npos) return verdict::wrong;
  const auto d = digest_of(user, hash, password);
  {
    const std::lock_guard lock(mutex_);
    if (right_.contains(d)) return verdict::right;
    if (wrong_.contains(d)) return verdict::wrong;
  }
  if (!places_.try_acquire()) return verdict::busy;
  bool right = false;
  {
    const std::lock_guard lock(turn_);
    right = makes(password, hash);
  }
  places_.release();
  const std::lock_guard lock(mutex_);
  remember(right ? right_ : wrong_, d);
  return right ? verdict::right : verdict::wrong;
}

password_check::digest password_check::digest_of(std::string_view user, std::string_view hash,
                                                 std::string_view password) const {
  digest out{};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  EVP_DigestUpdate(context.get(), salt_.data(), salt_.size());
  for (const auto part : {user, hash, password}) {
    const auto size = part.size();
    EVP_DigestUpdate(context.get(), &size, sizeof size);
    EVP_DigestUpdate(context.get(), part.data(), part.size());
  }
  EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
  return out;
}

void password_check::remember(std::set<digest>& answers, const digest& d) {
  // Digests are as good as random, so the first one is any of them.
  if (answers.size() >= most_remembered) answers.erase(answers.begin());
  answers.insert(d);
}

} // namespace tocsin::http

#include "storage/import/file_window.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/digest.hpp"

namespace tocsin::storage {

namespace {

constexpr std::size_t block_bytes = 1 << 20;

tl::unexpected<failure> cannot_read(const std::string& file) {
  return fail("cannot read " + file + ": " + std::strerror(errno));
}

} // namespace

result<file_window> file_window::open(const std::string& file) {
  // A pipe without a writer must not keep it waiting; what is no regular file is refused below.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return cannot_read(file);
  file_window opened(descriptor, file, 0);
  struct stat about {};
  if (::fstat(descriptor, &about) != 0) return cannot_read(file);
  if (S_ISDIR(about.st_mode)) return fail(file + " is a folder; expected a file");
  if (!S_ISREG(about.st_mode))
    return fail(file + " is not a regular file. An import must be able to begin anew in it.");
  opened.size_ = about.st_size;
  return opened;
}

file_window::file_window(int descriptor, std::string file, std::int64_t size)
    : descriptor_(descriptor), file_(std::move(file)), size_(size) {}

file_window::~file_window() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

file_window::file_window(file_window&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      file_(std::move(other.file_)),
      size_(other.size_),
      offset_(other.offset_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      at_end_(other.at_end_) {}

file_window& file_window::operator=(file_window&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  file_ = std::move(other.file_);
  size_ = other.size_;
  offset_ = other.offset_;
  buffer_ = std::move(other.buffer_);
  begin_ = other.begin_;
  at_end_ = other.at_end_;
  return *this;
}

result<void> file_window::grow() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const auto kept = buffer_.size();
  buffer_.resize(kept + block_bytes);
  const auto place = offset_ + static_cast<std::int64_t>(kept);
  ssize_t got = 0;
  do {
    got = ::pread(descriptor_, buffer_.data() + kept, block_bytes, place);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) return cannot_read(file_);
  at_end_ = got == 0;
  return {};
}

void file_window::consume(std::size_t count) noexcept {
  begin_ += count;
  offset_ += static_cast<std::int64_t>(count);
}

void file_window::seek(std::int64_t offset) noexcept {
  buffer_.clear();
  begin_ = 0;
  offset_ = offset;
  at_end_ = false;
}

result<std::string> digest_of_files(const std::vector<std::string>& files) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (const auto& file : files) {
    if (::access(file.c_str(), F_OK) != 0) continue;
    auto window = file_window::open(file);
    if (!window) return tl::unexpected(window.error());
    while (!window->at_end()) {
      if (auto read = window->grow(); !read) return tl::unexpected(read.error());
      EVP_DigestUpdate(context.get(), window->text().data(), window->text().size());
      window->consume(window->text().size());
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), sum.data(), &size);
  return hex({reinterpret_cast<const char*>(sum.data()), size});
}

} // namespace tocsin::storage

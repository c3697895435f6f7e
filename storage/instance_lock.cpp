#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "storage/database.hpp"

namespace tocsin::storage {

namespace {

std::string error_text() {
  return std::strerror(errno);
}

/// The process number that the holder wrote into the file; empty when there is none.
std::string holder_of(int descriptor) {
  char text[24];
  const auto size = ::pread(descriptor, text, sizeof text, 0);
  if (size <= 0) return {};
  std::string_view number(text, static_cast<std::size_t>(size));
  number = number.substr(0, number.find_first_not_of("0123456789"));
  return std::string(number);
}

/// Only for the message above, so a failure to write does not matter.
void write_holder(int descriptor) {
  const auto line = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0) return;
  [[maybe_unused]] const auto written = ::pwrite(descriptor, line.data(), line.size(), 0);
}

} // namespace

result<instance_lock> instance_lock::take(const std::string& folder) {
  const auto file = folder + "/tocsin.lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return fail("cannot open " + file + ": " + error_text()
                + ". The storage folder must be writable for the user that runs this program.");
  }
  instance_lock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    write_holder(descriptor);
    return lock;
  }
  if (errno != EWOULDBLOCK) {
    return fail("cannot lock " + file + ": " + error_text() + ". The storage folder must be on a local file system.");
  }
  const auto holder = holder_of(descriptor);
  return fail("the storage folder " + folder + " is in use by another running instance"
              + (holder.empty() ? std::string() : " (process " + holder + ")")
              + ". Stop that one, or give this one another folder with --storage.path.");
}

instance_lock::~instance_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

instance_lock::instance_lock(instance_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

instance_lock& instance_lock::operator=(instance_lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

} // namespace tocsin::storage

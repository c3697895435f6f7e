#include "storage/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace tocsin::storage {

namespace {

namespace fs = std::filesystem;

bool synced(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool good = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return good;
}

tl::unexpected<failure> failed(const std::string& what, const std::string& path) {
  return fail("cannot " + what + " " + path + ": " + std::strerror(errno));
}

} // namespace

partial_file::partial_file(const std::string& file) : file_(file), name_(file + ".partial") {
  remove();
}

partial_file::~partial_file() {
  if (!placed_) remove();
}

result<void> partial_file::place() {
  if (!synced(name_, O_RDWR)) return failed("write", name_);
  if (::rename(name_.c_str(), file_.c_str()) != 0) return failed("rename to " + file_ + " the file", name_);
  placed_ = true;
  const auto folder = fs::path(file_).parent_path().string();
  if (!synced(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY)) return failed("write", folder);
  return {};
}

void partial_file::remove() noexcept {
  std::error_code ignored;
  for (const auto* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(name_ + suffix, ignored);
}

result<void> may_be_written(const location& database, const std::string& file, bool force) {
  std::error_code ignored;
  const auto source = database.file();
  if (!fs::exists(source, ignored)) {
    return fail("there is no database " + source + ". Name the folder of the storage with --storage.path.");
  }
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    if (fs::equivalent(source + suffix, file, ignored)) {
      return fail(file + " belongs to the database itself. Name another file.");
    }
  }
  if (fs::is_directory(file, ignored)) return fail(file + " is a folder; expected the name of a file in it");
  if (!force && fs::exists(file, ignored)) {
    return fail(file + " exists already. Name another file, or let --force replace it.");
  }
  return {};
}

} // namespace tocsin::storage

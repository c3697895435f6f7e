#pragma once

#include <string>

#include "protocols/result.hpp"
#include "storage/database.hpp"

/// Files that are made of the history.
namespace tocsin::storage {

/// A file while it is not whole, under a name of its own; it goes with its owner, unless it was put in place.
class partial_file {
 public:
  /// Deletes what one that was killed has left.
  /// @param file the name that it will have.
  explicit partial_file(const std::string& file);
  ~partial_file();
  partial_file(const partial_file&) = delete;
  partial_file& operator=(const partial_file&) = delete;

  /// `FILE.partial`
  const std::string& name() const noexcept { return name_; }
  /// Gives it its name once all of it is on disk, in place of a file that has it.
  result<void> place();

 private:
  void remove() noexcept;

  std::string file_;
  std::string name_;
  bool placed_ = false;
};

/// Whether a file may be made of that database.
/// @param force whether it may take the place of one that is there.
result<void> may_be_written(const location& database, const std::string& file, bool force);

} // namespace tocsin::storage

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "storage/import/importer.hpp"

namespace tocsin::storage {

/// The report of an import for people, with its line ends.
std::string report_text(const import_order& order, const import_report& report, std::chrono::duration<double> took);

/// 0 when all rows are in the history now, 1 when some were refused or the file could not be read to its end.
int exit_code_of(const import_report& report) noexcept;

/// Decides when there is something to say of work that is under way, and says it: a bar that is drawn over itself on a
/// terminal, a line every few seconds elsewhere.
class progress_meter {
 public:
  using moment = std::chrono::steady_clock::time_point;

  progress_meter(bool terminal, moment begin) : terminal_(terminal), begin_(begin), told_(begin) {}

  /// @param share 0 to 1. @param done what was done so far, such as `12000 rows`. @param count what a rate is made of.
  /// @returns what is to be written, often nothing.
  std::string update(double share, const std::string& done, std::int64_t count, moment now);
  /// What leaves the cursor in a fresh line.
  std::string end() const { return drawn_ ? "\r\x1b[K" : ""; }

 private:
  bool terminal_;
  moment begin_;
  moment told_;
  double first_share_ = -1;
  bool drawn_ = false;
};

} // namespace tocsin::storage

#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

/// How far long work is, for a person at a terminal or a log.
namespace tocsin::storage {

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

/// A meter by the clock of this machine that writes to a file.
class progress_writer {
 public:
  explicit progress_writer(std::FILE* out);
  ~progress_writer();
  progress_writer(const progress_writer&) = delete;
  progress_writer& operator=(const progress_writer&) = delete;

  void update(double share, const std::string& done, std::int64_t count);
  /// Since it was made.
  std::chrono::duration<double> took() const { return progress_meter::moment::clock::now() - begin_; }

 private:
  void write(const std::string& text);

  std::FILE* out_;
  progress_meter::moment begin_;
  progress_meter meter_;
};

} // namespace tocsin::storage

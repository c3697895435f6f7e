#include "storage/history_command.hpp"

#include <chrono>

#include <unistd.h>

#include "storage/import/import_text.hpp"

namespace tocsin::storage {

namespace {

using clock = std::chrono::steady_clock;

/// A meter that writes to a file.
class progress_writer {
 public:
  explicit progress_writer(std::FILE* out) : out_(out), meter_(::isatty(::fileno(out)) == 1, begin_) {}
  ~progress_writer() { write(meter_.end()); }
  progress_writer(const progress_writer&) = delete;
  progress_writer& operator=(const progress_writer&) = delete;

  void update(double share, const std::string& done, std::int64_t count) {
    write(meter_.update(share, done, count, clock::now()));
  }
  std::chrono::duration<double> took() const { return clock::now() - begin_; }

 private:
  void write(const std::string& text) {
    if (text.empty()) return;
    std::fwrite(text.data(), 1, text.size(), out_);
    std::fflush(out_);
  }

  std::FILE* out_;
  clock::time_point begin_ = clock::now();
  progress_meter meter_;
};

std::string done_of(const import_progress& p) {
  auto text = std::to_string(p.counts.read) + " rows";
  if (p.stage != import_stage::alerts) text += ", " + std::string(to_string(p.stage));
  return text;
}

} // namespace

command_outcome run_import(const import_order& order, std::FILE* progress) {
  std::chrono::duration<double> took{};
  result<import_report> done = fail("");
  {
    progress_writer meter(progress);
    const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
    done = import_history(order, now, [&meter](const import_progress& p) {
      meter.update(p.share, done_of(p), p.counts.read - p.read_before);
    });
    took = meter.took();
  }
  if (!done) return {{}, done.error().message, 1};
  return {report_text(order, *done, took), {}, exit_code_of(*done)};
}

command_outcome run_backup(const backup_order& order, std::FILE* progress) {
  std::chrono::duration<double> took{};
  result<backup_report> done = fail("");
  {
    progress_writer meter(progress);
    done = back_up(order, [&meter](std::int64_t pages, std::int64_t all) {
      const auto share = all > 0 ? static_cast<double>(pages) / static_cast<double>(all) : 0;
      meter.update(share, std::to_string(pages) + " of " + std::to_string(all) + " pages", pages);
    });
    took = meter.took();
  }
  if (!done) return {{}, done.error().message, 1};
  constexpr double mb = 1e6;
  char figures[96];
  std::snprintf(figures, sizeof figures, "%lld alerts, %.1f MB, in %.1f s, checked",
                static_cast<long long>(done->alerts), static_cast<double>(done->bytes) / mb, took.count());
  return {order.file + ": " + figures + "\n", {}, 0};
}

} // namespace tocsin::storage

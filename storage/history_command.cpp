#include "storage/history_command.hpp"

#include <chrono>

#include "storage/import/import_text.hpp"
#include "storage/progress.hpp"

namespace tocsin::storage {

namespace {

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

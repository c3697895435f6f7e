#include "storage/import/import_text.hpp"

#include <cstdio>

namespace tocsin::storage {

namespace {

std::string number(std::int64_t n) {
  return std::to_string(n);
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string line(const char* what, std::int64_t count, const char* note) {
  auto text = "  " + std::string(what);
  text.resize(14, ' ');
  auto digits = number(count);
  if (digits.size() < 9) digits.insert(0, 9 - digits.size(), ' ');
  return text + digits + (*note != '\0' ? "  " : "") + note + "\n";
}

void append_refused(std::string& out, const import_report& report) {
  for (const auto& [reason, count] : report.reasons) out += "    " + number(count) + " x " + reason + "\n";
  if (!report.examples.empty()) out += "  the first of them:\n";
  for (const auto& e : report.examples) {
    out += "    " + e.place + ": " + e.why.reason + (e.why.found.empty() ? "" : ": " + e.why.found) + "\n";
  }
}

void append_columns(std::string& out, const import_report& report) {
  if (report.unknown_columns.empty()) return;
  out += "columns that are not known and were left out:";
  for (const auto& name : report.unknown_columns) out += ' ' + name;
  out += '\n';
}

} // namespace

std::string report_text(const import_order& order, const import_report& report, std::chrono::duration<double> took) {
  const auto& c = report.counts;
  const auto now_read = c.read - report.read_before;
  auto out = order.file + " (" + std::string(to_string(report.format)) + "): " + number(c.read) + " rows read";
  if (report.read_before > 0) out += ", " + number(report.read_before) + " of them before it was broken off";
  out += "; " + decimal(took.count()) + " s";
  if (took.count() > 0)
    out += ", " + number(static_cast<std::int64_t>(static_cast<double>(now_read) / took.count())) + " rows/s";
  out += report.dry_run ? "; a dry run, nothing was written\n" : "\n";
  out += line("imported", c.imported, "");
  if (c.details > 0) out += line("  details", c.details, "escalations, acknowledgements and correlations");
  out += line("duplicates", c.duplicates, "are in the history already");
  if (c.counted_before > 0) {
    out +=
        line("left out", c.counted_before, "may be alerts that a clean-up deleted: the statistics count them already");
  }
  out += line("refused", c.refused, "");
  append_refused(out, report);
  append_columns(out, report);
  if (report.older_than_retention > 0) {
    out += "warning: " + number(report.older_than_retention) + " of the imported alerts ended more than "
           + format_duration(order.retention)
           + " ago. The next clean-up deletes them, while the statistics keep counting them; to keep them, raise "
             "history.retention (or --data.retention) before you start Tocsin.\n";
  }
  if (report.broken_off) {
    out += "it ended before the file did: " + report.broken_off->message
           + "\nWhat was imported stays. An import of the mended file leaves out what is there.\n";
  }
  return out;
}

int exit_code_of(const import_report& report) noexcept {
  return report.counts.refused > 0 || report.broken_off ? 1 : 0;
}

} // namespace tocsin::storage

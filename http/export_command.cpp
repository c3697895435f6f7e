#include "http/export_command.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <optional>

#include "http/history_csv.hpp"
#include "http/history_json.hpp"
#include "storage/output_file.hpp"
#include "storage/progress.hpp"
#include "storage/reader.hpp"

namespace tocsin::http {

namespace {

constexpr std::size_t page_bytes = 256 * 1024;

/// Hands the rows page by page to the file.
class row_writer {
 public:
  row_writer(const rows_order& order, storage::reader& history, std::ofstream& out)
      : order_(order), history_(history), out_(out) {
    storage::history_filter all;
    all.limit = 0;
    total_ = history_.history(all).total;
    walk_ = history_.begin_walk(all);
    if (!order_.ndjson) append_csv_header(page_);
  }

  /// @returns false when there are no more rows, or the file takes no more.
  bool write_page() {
    const bool more = history_.walk(walk_, [this](const storage::history_row& row) {
      append(row);
      return page_.size() < page_bytes;
    });
    out_.write(page_.data(), static_cast<std::streamsize>(page_.size()));
    page_.clear();
    return more && out_.good();
  }

  std::int64_t rows() const noexcept { return rows_; }
  double share() const noexcept { return total_ > 0 ? static_cast<double>(rows_) / static_cast<double>(total_) : 1; }

 private:
  void append(const storage::history_row& row) {
    ++rows_;
    if (!order_.ndjson) return append_csv(page_, row);
    json_writer w(page_);
    write_row(w, row);
    page_ += '\n';
  }

  const rows_order& order_;
  storage::reader& history_;
  std::ofstream& out_;
  storage::history_walk walk_;
  std::string page_;
  std::int64_t rows_ = 0;
  std::int64_t total_ = 0;
};

result<std::int64_t> write_rows(const rows_order& order, const std::string& name, storage::progress_writer& progress) {
  errno = 0;
  std::ofstream out(name, std::ios::binary);
  const auto cannot_write = [&name] {
    return fail("no export was made: cannot write " + name + ": " + std::strerror(errno == 0 ? EIO : errno));
  };
  if (!out) return cannot_write();
  storage::reader history(order.where, 1);
  row_writer rows(order, history, out);
  while (rows.write_page()) progress.update(rows.share(), std::to_string(rows.rows()) + " alerts", rows.rows());
  out.close();
  if (!out) return cannot_write();
  return rows.rows();
}

result<std::int64_t> make_file(const rows_order& order, storage::progress_writer& progress) {
  if (auto good = storage::may_be_written(order.where, order.file, order.force); !good) {
    return tl::unexpected(good.error());
  }
  storage::partial_file partial(order.file);
  try {
    const auto rows = write_rows(order, partial.name(), progress);
    if (!rows) return rows;
    if (auto placed = partial.place(); !placed) return tl::unexpected(placed.error());
    return rows;
  } catch (const std::exception& error) {
    return fail("no export was made, " + order.where.file() + " cannot be read: " + error.what());
  }
}

} // namespace

storage::command_outcome run_export(const rows_order& order, std::FILE* progress) {
  std::optional<storage::progress_writer> meter(progress);
  const auto rows = make_file(order, *meter);
  const auto took = meter->took();
  // The line that it drew goes before anything else is said.
  meter.reset();
  if (!rows) return {{}, rows.error().message, 1};
  char figures[64];
  std::snprintf(figures, sizeof figures, ": %lld alerts, in %.1f s\n", static_cast<long long>(*rows), took.count());
  return {order.file + figures, {}, 0};
}

} // namespace tocsin::http

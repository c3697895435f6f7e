#include "storage/import/importer.hpp"

#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include "storage/connection.hpp"
#include "storage/import/file_window.hpp"

namespace tocsin::storage {

namespace {

/// Enough that a day's roll-ups are written once for many rows; some tenths of a second.
constexpr std::int64_t rows_a_commit = 10'000;
/// Few long rows fill a transaction as well; bytes of a text file.
constexpr std::int64_t bytes_a_commit = 32 << 20;
constexpr std::int64_t rows_a_report = 1000;
constexpr std::size_t most_examples = 10;

/// The file that is read, in its form.
struct opened_file {
  import_format format = import_format::csv;
  /// Set for databases; it holds what `alerts` reads.
  std::unique_ptr<seed_file> database;
  std::unique_ptr<alert_source> alerts;
};

result<opened_file> open_source(const import_order& order) {
  const auto looks_like = guess_format(order.file);
  if (!looks_like) return tl::unexpected(looks_like.error());
  opened_file opened;
  opened.format = order.format.value_or(*looks_like);
  if (opened.format == import_format::sqlite) {
    if (*looks_like != import_format::sqlite) return fail(order.file + " is no SQLite database");
    auto database = seed_file::open(order.file);
    if (!database) return tl::unexpected(database.error());
    opened.database = std::make_unique<seed_file>(std::move(*database));
  }
  auto alerts = opened.database                       ? opened.database->alerts()
                : opened.format == import_format::csv ? open_csv(order.file)
                                                      : open_ndjson(order.file);
  if (!alerts) return tl::unexpected(alerts.error());
  opened.alerts = std::move(*alerts);
  return opened;
}

/// One import from its opened file to its report.
class import_run {
 public:
  import_run(const import_order& order, timestamp now, const import_watcher& watch, opened_file file)
      : order_(order), now_(now), watch_(watch), file_(std::move(file)), rules_(now, order.close_open) {
    report_.format = file_.format;
    report_.dry_run = order.dry_run;
  }

  import_report look(SQLite::Database* history);
  import_report write(SQLite::Database& history, const std::string& digest);

 private:
  using handler = std::function<import_outcome(imported_alert)>;

  /// Hands alerts to `take` until `enough` rows were read; false at the end of the file.
  result<bool> read_alerts(std::int64_t enough, const handler& take);
  void take(const source_row& row, const handler& take_alert);
  void refuse(std::int64_t line, const char* unit, const refusal& why);
  void report_progress();

  void go_through(import_writer& writer);
  /// Takes a part of the stage; false when it is over.
  result<bool> advance(import_writer& writer);
  template <class Child>
  result<bool> take_children(import_writer& writer, Child next);

  import_report finish();

  const import_order& order_;
  timestamp now_;
  const import_watcher& watch_;
  opened_file file_;
  alert_rules rules_;
  import_state state_;
  import_report report_;
};

void import_run::refuse(std::int64_t line, const char* unit, const refusal& why) {
  ++state_.counts.refused;
  ++report_.reasons[why.reason];
  if (report_.examples.size() < most_examples) {
    report_.examples.push_back({std::string(unit) + ' ' + std::to_string(line), why});
  }
}

void import_run::report_progress() {
  if (!watch_) return;
  import_progress p;
  p.stage = state_.stage;
  p.counts = state_.counts;
  p.read_before = report_.read_before;
  const auto size = file_.alerts->size();
  const auto at = file_.alerts->position();
  if (state_.stage != import_stage::alerts) {
    p.share = 1;
  } else if (size > 0 && at.line > 0) {
    p.share = static_cast<double>(at.offset) / static_cast<double>(size);
  }
  watch_(p);
}

void import_run::take(const source_row& row, const handler& take_alert) {
  ++state_.counts.read;
  const char* unit = file_.format == import_format::sqlite ? "row" : "line";
  if (!row.what) return refuse(row.line, unit, row.what.error());
  auto alert = rules_.read(**row.what);
  if (!alert) return refuse(row.line, unit, alert.error());
  const auto ended = *alert->row.alert.state.ended_at;
  switch (take_alert(std::move(*alert))) {
    case import_outcome::duplicate: ++state_.counts.duplicates; break;
    case import_outcome::counted_before: ++state_.counts.counted_before; break;
    case import_outcome::imported:
      ++state_.counts.imported;
      if (order_.retention > duration{} && ended < now_ - order_.retention) ++report_.older_than_retention;
      break;
  }
}

result<bool> import_run::read_alerts(std::int64_t enough, const handler& take_alert) {
  const auto begin = file_.alerts->position().offset;
  for (std::int64_t i = 1; i <= enough; ++i) {
    const auto row = file_.alerts->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return false;
    take(**row, take_alert);
    if (i % rows_a_report == 0) report_progress();
    const bool bytes = file_.format != import_format::sqlite;
    if (bytes && file_.alerts->position().offset - begin > bytes_a_commit) break;
  }
  return true;
}

import_report import_run::look(SQLite::Database* history) {
  std::optional<known_alerts> known;
  if (history != nullptr) known.emplace(*history);
  const auto judge = [&known](imported_alert a) {
    if (!known) return import_outcome::imported;
    const auto fingerprint = fingerprint_md5(a.row.alert.labels);
    if (known->find(a.row.alert, fingerprint)) return import_outcome::duplicate;
    if (known->may_have_been_cleaned(a.row.alert)) return import_outcome::counted_before;
    known->note(a.row.alert, fingerprint);
    return import_outcome::imported;
  };
  for (;;) {
    const auto more = read_alerts(rows_a_commit, judge);
    if (!more) report_.broken_off = more.error();
    if (!more || !*more) return finish();
  }
}

import_report import_run::write(SQLite::Database& history, const std::string& digest) {
  import_writer writer(history);
  auto unfinished = order_.from_start ? std::nullopt : writer.find_unfinished(digest);
  history.exec("BEGIN IMMEDIATE");
  state_ = unfinished ? *unfinished : writer.begin(digest, order_.file, now_);
  report_.read_before = state_.counts.read;
  if (state_.stage == import_stage::alerts && state_.at) file_.alerts->resume(*state_.at);
  writer.settle(state_, now_);
  history.exec("COMMIT");
  while (state_.stage != import_stage::over && !report_.broken_off) {
    history.exec("BEGIN IMMEDIATE");
    go_through(writer);
    writer.settle(state_, now_);
    history.exec("COMMIT");
    report_progress();
  }
  history.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return finish();
}

/// One transaction's work.
void import_run::go_through(import_writer& writer) {
  const auto more = advance(writer);
  // What was read before the file broke stays, and the import can go on there should the file be mended.
  if (!more) {
    report_.broken_off = more.error();
    return;
  }
  if (*more) return;
  state_.stage = static_cast<import_stage>(static_cast<int>(state_.stage) + 1);
  state_.at.reset();
}

result<bool> import_run::advance(import_writer& writer) {
  switch (state_.stage) {
    case import_stage::alerts: {
      auto more = read_alerts(rows_a_commit, [&](imported_alert a) { return writer.add(state_, std::move(a)); });
      state_.at = file_.alerts->position();
      return more;
    }
    case import_stage::related: return writer.relate_some(state_);
    case import_stage::escalations:
      return take_children(writer, [this](std::int64_t row) { return file_.database->escalation_behind(row); });
    case import_stage::acknowledgements:
      return take_children(writer, [this](std::int64_t row) { return file_.database->acknowledgement_behind(row); });
    case import_stage::correlations: {
      const auto more =
          take_children(writer, [this](std::int64_t row) { return file_.database->correlation_behind(row); });
      if (!more || *more) return more;
      return writer.forget_some(state_);
    }
    case import_stage::over: break;
  }
  return false;
}

template <class Child>
result<bool> import_run::take_children(import_writer& writer, Child next) {
  if (!file_.database) return false;
  auto at = state_.at.value_or(source_position{INT64_MIN, 0});
  for (std::int64_t i = 0; i < rows_a_commit; ++i) {
    const auto child = next(at.offset);
    if (!child) return tl::unexpected(child.error());
    if (!*child) return false;
    at.offset = (*child)->row;
    ++at.line;
    state_.at = at;
    if (!(*child)->what) {
      const auto unit = std::string(to_string(state_.stage)) + ", row";
      refuse(at.offset, unit.c_str(), (*child)->what.error());
    } else if (writer.add(state_, *(*child)->what)) {
      ++state_.counts.details;
    }
  }
  return true;
}

import_report import_run::finish() {
  report_.counts = state_.counts;
  report_.unknown_columns = file_.alerts->unknown();
  return std::move(report_);
}

/// What is remembered is about this file, read in this way.
result<std::string> digest_of(const import_order& order, import_format format) {
  std::vector<std::string> files{order.file};
  if (format == import_format::sqlite) files.push_back(order.file + "-wal");
  auto digest = digest_of_files(files);
  if (digest && order.close_open) *digest += " close-open";
  return digest;
}

result<void> not_itself(const import_order& order) {
  std::error_code ignored;
  if (!std::filesystem::equivalent(order.file, order.where.file(), ignored)) return {};
  return fail(order.file + " is the database that it would be imported into");
}

result<import_report> look_only(import_run& run, const location& where) {
  std::error_code ignored;
  if (!std::filesystem::exists(where.file(), ignored)) return run.look(nullptr);
  auto history = open_for_reading(where.file());
  return run.look(&history);
}

} // namespace

result<import_report> import_history(const import_order& order, timestamp now, const import_watcher& watch) {
  if (auto good = not_itself(order); !good) return tl::unexpected(good.error());
  auto file = open_source(order);
  if (!file) return tl::unexpected(file.error());
  const auto format = file->format;
  import_run run(order, now, watch, std::move(*file));
  const auto lock = order.dry_run ? std::nullopt : std::optional(prepare(order.where));
  if (lock && !*lock) return tl::unexpected(lock->error());
  try {
    if (order.dry_run) return look_only(run, order.where);
    const auto digest = digest_of(order, format);
    if (!digest) return tl::unexpected(digest.error());
    auto history = open_for_writing(order.where.file());
    history.exec("PRAGMA wal_autocheckpoint = " + std::to_string(checkpoint_pages));
    return run.write(history, *digest);
  } catch (const SQLite::Exception& error) {
    return fail("the import stopped, " + order.where.file() + " could not be read or written: " + describe(error) + "."
                + advice_for(error) + " What was imported before stays; the same command goes on behind it.");
  } catch (const std::exception& error) {
    return fail("the import stopped: " + std::string(error.what()));
  }
}

} // namespace tocsin::storage

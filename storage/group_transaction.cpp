#include "storage/group_transaction.hpp"

#include <exception>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "storage/connection.hpp"

namespace tocsin::storage {

group_transaction::group_transaction(SQLite::Database& db)
    : db_(db),
      begin_(db, "BEGIN IMMEDIATE"),
      commit_(db, "COMMIT"),
      rollback_(db, "ROLLBACK"),
      savepoint_(db, "SAVEPOINT batch"),
      release_(db, "RELEASE batch"),
      rollback_to_savepoint_(db, "ROLLBACK TO batch"),
      episodes_(db),
      groups_(db),
      notifications_(db),
      correlations_(db),
      silences_(db),
      on_call_(db),
      sequences_(db),
      rollups_(db) {}

bool group_transaction::open() const noexcept {
  return sqlite3_get_autocommit(db_.getHandle()) == 0;
}

std::string group_transaction::explain(const std::exception& error) const {
  const auto* from_sqlite = dynamic_cast<const SQLite::Exception*>(&error);
  return "cannot write to the database " + db_.getFilename() + ": "
         + (from_sqlite ? describe(*from_sqlite) : std::string(error.what())) + ". Nothing of this was stored."
         + (from_sqlite ? advice_for(*from_sqlite) : std::string());
}

result<void> group_transaction::apply(const write_batch& batch, timestamp now) {
  if (lost_) return fail(*lost_);
  bool in_savepoint = false;
  try {
    if (!open()) begin_.run();
    // The first batch is undone by ending the transaction, so only those behind it pay for a savepoint.
    if (applied_ > 0) {
      savepoint_.run();
      in_savepoint = true;
    }
    write(batch, now);
    if (in_savepoint) release_.run();
    ++applied_;
    return {};
  } catch (const std::exception& error) {
    auto why = explain(error);
    undo_batch(in_savepoint, why);
    return fail(std::move(why));
  }
}

result<void> group_transaction::apply_together(std::span<const write_batch* const> batches, timestamp now) {
  try {
    begin_.run();
    for (const auto* batch : batches) write(*batch, now);
    applied_ = batches.size();
    return {};
  } catch (const std::exception& error) {
    auto why = explain(error);
    rollback();
    return fail(std::move(why));
  }
}

void group_transaction::touch_rows(const write_batch& batch) {
  for (const auto& u : batch.updated) rollups_.touch(u.id);
  for (const auto& u : batch.reannotated) rollups_.touch(u.id);
  for (const auto& a : batch.attempts) {
    if (!a.success || a.next_attempt_at) continue;
    for (const auto id : notifications_.alerts_of(a.notification)) rollups_.touch(id);
  }
}

void group_transaction::write(const write_batch& batch, timestamp now) {
  touch_rows(batch);
  for (const auto& e : batch.opened) {
    episodes_.open(e);
    rollups_.inserted(e.alert.id);
  }
  for (const auto& u : batch.updated) episodes_.update(u, now);
  for (const auto& m : batch.moved) episodes_.move(m, now);
  for (const auto& u : batch.reannotated) episodes_.reannotate(u, now);
  for (const auto& r : batch.escalations) episodes_.record(r);
  for (const auto& r : batch.acknowledgements) episodes_.record(r);
  for (const auto& g : batch.groups) groups_.save(g);
  for (auto g : batch.closed_groups) groups_.close(g);
  for (const auto& t : batch.told) groups_.save(t);
  for (const auto& n : batch.intents) notifications_.intend(n);
  for (const auto& a : batch.attempts) notifications_.record(a, now);
  for (const auto& e : batch.events) episodes_.record(e);
  for (const auto& u : batch.causes) episodes_.blame(u, now);
  for (const auto& c : batch.correlations) correlations_.record(c, now);
  for (const auto& s : batch.silences) silences_.save(s);
  for (const auto& c : batch.silence_changes) silences_.record(c);
  for (const auto& id : batch.forgotten_silences) silences_.forget(id);
  for (const auto& o : batch.overrides) on_call_.save(o);
  for (const auto& id : batch.forgotten_overrides) on_call_.forget(id);
  sequences_.note(batch);
}

void group_transaction::undo_batch(bool in_savepoint, const std::string& why) noexcept {
  if (in_savepoint && open()) {
    try {
      rollback_to_savepoint_.run();
      release_.run();
      return;
    } catch (const std::exception&) {
      // The transaction cannot be saved; it ends below.
    }
  }
  const bool others = applied_ > 0;
  rollback();
  if (others) lost_ = why;
}

result<void> group_transaction::commit(timestamp now) {
  if (lost_) {
    auto why = fail(std::move(*lost_));
    rollback();
    return why;
  }
  if (!open()) return {};
  try {
    rollups_.settle(now);
    sequences_.store();
    commit_.run();
  } catch (const std::exception& error) {
    auto why = explain(error);
    rollback();
    return fail(std::move(why));
  }
  sequences_.kept();
  applied_ = 0;
  return {};
}

void group_transaction::rollback() noexcept {
  applied_ = 0;
  lost_.reset();
  rollups_.forget();
  if (!open()) return;
  try {
    rollback_.run();
  } catch (const std::exception&) {
    // SQLite has ended the transaction itself; there is nothing left to drop.
  }
}

} // namespace tocsin::storage

#pragma once

#include <string>

#include "protocols/history.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// Writes `alert_history`, `escalation_history`, `acknowledgments` and `alert_events`.
/// Each method throws SQLite::Exception.
class episode_statements {
 public:
  explicit episode_statements(const SQLite::Database& db);

  void open(const episode_opening& opening);
  /// An update of an ended episode whose row is no longer there changes nothing; one
  /// that fires must have its row, or it would not be on disk: std::runtime_error. The end of an
  /// episode also gives its resolution time and closes its acknowledgements; one
  /// that fires again has neither end nor resolution time, but closed
  /// acknowledgements stay closed.
  void update(const episode_update& u, timestamp now);
  void move(const episode_move& m, timestamp now);
  void reannotate(const annotation_update& u, timestamp now);
  void record(const escalation_record& r);
  void record(const acknowledgement_record& r);
  void record(const episode_event& e);
  /// Says what is to blame.
  void blame(const cause_update& u, timestamp now);

 private:
  const SQLite::Database& db_;
  statement open_;
  statement update_;
  statement close_acknowledgements_;
  statement move_;
  statement reannotate_;
  statement escalate_;
  statement acknowledge_;
  statement record_event_;
  statement blame_;
  std::string labels_;
  std::string annotations_;
};

} // namespace tocsin::storage

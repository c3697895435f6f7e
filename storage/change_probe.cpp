#include "storage/change_probe.hpp"

#include "storage/connection.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

struct change_probe::impl {
  explicit impl(const location& where) : db(open_for_reading(where.file())), data_version(db, "PRAGMA data_version") {}

  SQLite::Database db;
  statement data_version;
};

change_probe::change_probe(const location& where) : impl_(std::make_unique<impl>(where)) {}
change_probe::~change_probe() = default;

std::int64_t change_probe::version() {
  auto& query = impl_->data_version;
  query.open();
  query.next();
  const auto version = row_reader(query).number();
  // A statement that stands on a row would hold a snapshot.
  query.rewind();
  return version;
}

} // namespace tocsin::storage

#include "storage/silence_rows.hpp"

#include <stdexcept>
#include <utility>

#include "protocols/silence_json.hpp"

namespace tocsin::storage {

namespace {

template <class T>
T readable(result<T> read, const std::string& id) {
  if (!read) throw std::runtime_error("the silence " + id + " cannot be read: " + read.error().message);
  return *std::move(read);
}

} // namespace

const char* const silence_columns =
    "id, matchers, starts_at, ends_at, updated_at, created_by, comment, recurrence, expire_on_resolve, matched_at";

silence read_silence(const statement& query) {
  row_reader row(query);
  silence s;
  s.id = row.string();
  s.matchers = readable(read_matchers(row.text()), s.id);
  s.starts_at = row.time();
  s.ends_at = row.time();
  s.updated_at = row.time();
  s.created_by = row.string();
  s.comment = row.string();
  s.recurrence = readable(read_intervals(row.text()), s.id);
  s.expire_on_resolve = row.flag();
  s.matched_at = row.maybe_time();
  return s;
}

} // namespace tocsin::storage

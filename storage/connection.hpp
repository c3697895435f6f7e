#pragma once

#include <string>

namespace SQLite {
class Database;
class Exception;
} // namespace SQLite

namespace tocsin::storage {

/// When the write-ahead log has this many pages (16 MB), its content is due to be moved into the file.
inline constexpr int checkpoint_pages = 4096;

/// Creates the file where it is missing and opens it for migrations and writing.
/// @throws SQLite::Exception
SQLite::Database open_for_writing(const std::string& file);

/// @throws SQLite::Exception
SQLite::Database open_for_reading(const std::string& file);

/// What SQLite says, with its code: `disk I/O error (SQLite code 778)`.
std::string describe(const SQLite::Exception& error);

/// What a person can do about it, as a sentence with a blank in front; empty when it is not for a person to mend.
std::string advice_for(const SQLite::Exception& error);

} // namespace tocsin::storage

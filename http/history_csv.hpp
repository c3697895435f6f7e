#pragma once

#include <string>

#include "storage/reader.hpp"

namespace tocsin::http {

/// The names of the columns: the members of a row as JSON has them.
void append_csv_header(std::string& out);

/// One row: times as RFC 3339, lists and label sets as JSON, what is not known as an empty cell.
void append_csv(std::string& out, const storage::history_row& row);

} // namespace tocsin::http

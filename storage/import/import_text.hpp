#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "storage/import/importer.hpp"

namespace tocsin::storage {

/// The report of an import for people, with its line ends.
std::string report_text(const import_order& order, const import_report& report, std::chrono::duration<double> took);

/// 0 when all rows are in the history now, 1 when some were refused or the file could not be read to its end.
int exit_code_of(const import_report& report) noexcept;

} // namespace tocsin::storage

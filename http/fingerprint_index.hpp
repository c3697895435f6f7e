#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "protocols/ids.hpp"
#include "storage/reader.hpp"

namespace tocsin::http {

/// An alert's place in a list.
struct place {
  /// See `label_set::hash`.
  std::uint64_t fingerprint = 0;
  episode_id episode;

  friend auto operator<=>(const place&, const place&) = default;
};

/// The fingerprints of all that fires, kept from one list to the next: an alert's labels never change, so only those
/// of new ones are read. Sixteen bytes an alert. Thread-safe.
class fingerprint_index {
 public:
  /// All that fires, by fingerprint.
  /// @throws SQLite::Exception when the file cannot be read.
  std::vector<place> all(storage::reader& history);

 private:
  using places = std::vector<place>;

  std::mutex mutex_;
  /// By episode; guarded by `mutex_`.
  std::shared_ptr<const places> known_ = std::make_shared<const places>();
};

} // namespace tocsin::http

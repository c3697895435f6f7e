#pragma once

#include <memory>
#include <string>

#include "http/services.hpp"

namespace tocsin::http {

/// A JSON array that is made piece by piece, so that no more than a piece of it is ever in memory.
class json_listing {
 public:
  virtual ~json_listing() = default;
  /// Appends what comes next between the brackets, commas included.
  /// @returns false when that was all.
  virtual bool append(std::string& out) = 0;
};

/// Answers with the whole listing: at once when one piece is all, else streamed in chunks.
void answer_listing(httplib::Response& response, std::shared_ptr<json_listing> listing);
/// The whole listing as text.
std::string whole(json_listing& listing);

/// So many lists of all alerts may be under way, as in Alertmanager.
inline constexpr int most_listings = 8;
/// For whoever got no turn among those.
void refuse_listing(httplib::Response& response);

} // namespace tocsin::http

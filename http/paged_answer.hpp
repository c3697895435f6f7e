#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/services.hpp"

namespace tocsin::http {

/// A JSON array that is made piece by piece, so that no more than a piece of it is ever in memory.
class json_listing {
 public:
  virtual ~json_listing() = default;
  /// Appends what comes next between the brackets, commas included.
  /// @returns false when that was all.
  virtual bool append(std::string& out) = 0;
  /// Once that was all: the cursor of the page behind, if this was a page and there is one.
  virtual std::optional<std::string> next_page() const = 0;
};

/// Answers with the whole listing: at once when one piece is all, else streamed in chunks.
void answer_listing(httplib::Response& response, std::shared_ptr<json_listing> listing);
/// Answers with a page, whose header says where the next one begins.
void answer_page(httplib::Response& response, json_listing& listing);
/// What is wrong with a cursor that no page before gave.
std::string unknown_cursor(std::string_view found);

/// So many lists of all alerts may be under way, as in Alertmanager.
inline constexpr int most_listings = 8;
/// For whoever got no turn among those.
void refuse_listing(httplib::Response& response);

} // namespace tocsin::http

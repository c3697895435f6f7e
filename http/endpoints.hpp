#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/services.hpp"

namespace tocsin::http {

/// One call that the server answers.
struct endpoint {
  std::string_view method;
  /// Segments in braces stand for any one segment: `/api/alerts/history/{id}`.
  std::string_view path;
  void (*handle)(services&, const httplib::Request&, httplib::Response&);
  /// Its answer has no end, so it is not offered for HEAD.
  bool endless = false;
};

/// All of them, the busiest first.
const std::vector<endpoint>& endpoints();

/// The methods that a path is answered for, as an Allow header lists them; empty for an unknown path.
std::string allowed_methods(std::string_view path);

/// The path behind a prefix as the pattern that cpp-httplib matches; each segment in braces becomes a group.
std::string pattern_of(std::string_view prefix, std::string_view path);

} // namespace tocsin::http

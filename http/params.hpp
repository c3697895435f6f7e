#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/answer.hpp"

namespace tocsin::http {

/// Reads and checks the parameters of a request: the query, and for PUT and POST
/// also the members of a JSON object in the body, which win. The first thing that
/// is wrong is kept as `error`; reading goes on with the default, so that a
/// handler reads all it needs and looks once.
class params {
 public:
  explicit params(const httplib::Request& request);

  /// The text as it came; unset when it is missing.
  std::optional<std::string> text(std::string_view name, std::size_t longest = 4096);
  /// The same, but it must be there and not be empty.
  std::string required_text(std::string_view name, std::size_t longest = 256);
  std::int64_t integer(std::string_view name, std::int64_t otherwise, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most);
  /// The same, but it must be there.
  std::int64_t required_integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> optional_number(std::string_view name, double least, double most);
  double number(std::string_view name, double otherwise, double least, double most);
  /// The same, but it must be there.
  double required_number(std::string_view name, double least, double most);
  std::optional<bool> boolean(std::string_view name);
  /// A word that `parse` knows; `expected` lists the words for the error.
  template <class Parse>
  auto word(std::string_view name, Parse parse, std::string_view expected) -> decltype(parse(std::string_view{})) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    auto value = parse(*given);
    if (!value) complain(name, expected, *given);
    return value;
  }

  /// What was wrong first, if anything.
  const std::optional<problem>& error() const noexcept { return error_; }

 private:
  void complain(std::string_view name, std::string_view expected, std::string_view found);
  /// Complains when it is missing or empty.
  bool require(std::string_view name);
  void read_body(const std::string& body);

  std::map<std::string, std::string, std::less<>> values_;
  std::optional<problem> error_;
};

/// Reads the id in a path; a problem that names it when it is not a positive number.
result<std::int64_t, problem> parse_id(std::string_view text);
/// A problem when the name of a service in a path is longer than any service's may be.
std::optional<problem> check_service(std::string_view service);

} // namespace tocsin::http

#include "http/params.hpp"

#include <array>
#include <charconv>

#include <httplib.h>
#include <simdjson.h>

namespace tocsin::http {

namespace {

/// What came, cut to what fits an error message.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string q = "\"";
  q += text.substr(0, longest);
  q += text.size() > longest ? "…\"" : "\"";
  return q;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `0.5`, `1`: the shortest form.
std::string plain(double number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

} // namespace

params::params(const httplib::Request& request) {
  for (const auto& [name, value] : request.params) values_.try_emplace(name, value);
  if (!request.body.empty() && request.method != "GET") read_body(request.body);
}

void params::read_body(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (const auto code = parser.parse(body).get(object); code != simdjson::SUCCESS) {
    error_ = problem{
        400,
        "invalid_body",
        std::string(
            "expected the parameters in the query or as a JSON object in the body; the body is no JSON object: ")
            + simdjson::error_message(code),
        {}};
    return;
  }
  for (auto [key, value] : object) {
    if (value.is_null()) continue;
    if (std::string_view text; value.get(text) == simdjson::SUCCESS) {
      values_.insert_or_assign(std::string(key), std::string(text));
    } else {
      values_.insert_or_assign(std::string(key), simdjson::to_string(value));
    }
  }
}

void params::complain(std::string_view name, std::string_view expected, std::string_view found) {
  if (error_) return;
  error_ = problem{400, "invalid_parameter",
                   std::string(name) + ": expected " + std::string(expected) + ", found " + quoted(found),
                   std::string(name)};
}

std::optional<std::string> params::text(std::string_view name, std::size_t longest) {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  if (found->second.size() > longest) {
    complain(name, "at most " + std::to_string(longest) + " bytes", found->second);
    return std::nullopt;
  }
  return found->second;
}

bool params::require(std::string_view name) {
  const auto found = values_.find(name);
  if (found != values_.end() && !found->second.empty()) return true;
  if (!error_) {
    error_ =
        problem{400, "missing_parameter", std::string(name) + ": required and must not be empty", std::string(name)};
  }
  return false;
}

std::string params::required_text(std::string_view name, std::size_t longest) {
  return require(name) ? text(name, longest).value_or("") : std::string();
}

std::optional<std::int64_t> params::optional_integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto value = to_integer(*given);
  if (value && *value >= least && *value <= most) return value;
  complain(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), *given);
  return std::nullopt;
}

std::int64_t params::integer(std::string_view name, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  return optional_integer(name, least, most).value_or(otherwise);
}

std::int64_t params::required_integer(std::string_view name, std::int64_t least, std::int64_t most) {
  return require(name) ? integer(name, least, least, most) : least;
}

std::optional<double> params::optional_number(std::string_view name, double least, double most) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto value = to_number(*given);
  // Whatever is no number at all is in no range either.
  if (value && *value >= least && *value <= most) return value;
  complain(name, "a number from " + plain(least) + " to " + plain(most), *given);
  return std::nullopt;
}

double params::number(std::string_view name, double otherwise, double least, double most) {
  return optional_number(name, least, most).value_or(otherwise);
}

double params::required_number(std::string_view name, double least, double most) {
  return require(name) ? number(name, least, least, most) : least;
}

std::optional<bool> params::boolean(std::string_view name) {
  return word(
      name,
      [](std::string_view text) -> std::optional<bool> {
        if (text == "true" || text == "1") return true;
        if (text == "false" || text == "0") return false;
        return std::nullopt;
      },
      "true or false");
}

result<std::int64_t, problem> parse_id(std::string_view text) {
  const auto id = to_integer(text);
  if (id && *id > 0) return *id;
  return tl::unexpected(
      problem{400, "invalid_parameter", "id: expected a positive whole number, found " + quoted(text), "id"});
}

std::optional<problem> check_service(std::string_view service) {
  constexpr std::size_t longest = 1024;
  if (service.size() <= longest) return std::nullopt;
  return problem{400, "invalid_parameter", "service: expected at most 1024 bytes", "service"};
}

} // namespace tocsin::http

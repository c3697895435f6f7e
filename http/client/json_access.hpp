#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

/// Members of an answer; what is missing or of another kind is empty.
namespace tocsin::http {

inline std::string_view text_of(simdjson::dom::element e, std::string_view key) {
  std::string_view text;
  return e[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

inline std::int64_t number_of(simdjson::dom::element e, std::string_view key) {
  std::int64_t number = 0;
  return e[key].get(number) == simdjson::SUCCESS ? number : 0;
}

inline bool flag_of(simdjson::dom::element e, std::string_view key) {
  bool flag = false;
  return e[key].get(flag) == simdjson::SUCCESS && flag;
}

/// Hands each element of a list to `visit`.
template <class Visit>
void for_each_of(simdjson::dom::element e, std::string_view key, Visit visit) {
  simdjson::dom::array list;
  if (e[key].get(list) != simdjson::SUCCESS) return;
  for (const auto one : list) visit(one);
}

} // namespace tocsin::http

#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/actors/world.hpp"

/// What the tests of noise control on a whole world say again and again.
namespace tocsin::testing::noise {

inline constexpr std::string_view simple = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
escalation: []
)";

inline alert lasting(std::initializer_list<label_view> labels, timestamp began = start) {
  auto a = firing(labels, began);
  a.ends_at = start + 100h;
  return a;
}

inline silence of(std::string_view matchers, timestamp from, duration length) {
  silence s;
  s.matchers = parse_matchers(matchers).value();
  s.starts_at = from;
  s.ends_at = from + length;
  s.created_by = "ann";
  s.comment = "maintenance";
  return s;
}

inline std::size_t told(const world& w, std::string_view status) {
  const auto text = "\"status\":\"" + std::string(status) + "\",\"alerts\"";
  return static_cast<std::size_t>(std::count_if(w.requests.begin(), w.requests.end(),
                                                [&](const auto& r) { return r.body.find(text) != std::string::npos; }));
}

inline std::vector<std::string> kinds(world& w, std::int64_t id) {
  std::vector<std::string> all;
  const auto found = w.detail(episode_id{id});
  for (const auto& e : found->events) all.emplace_back(to_string(e.what));
  return all;
}

} // namespace tocsin::testing::noise

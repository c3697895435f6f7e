#include "actors/routing.hpp"

#include <unordered_map>
#include <utility>

namespace tocsin {

group_address owner_of(const config::config& config, const label_set& labels) {
  std::vector<std::size_t> routes;
  config.routes.match(labels, routes);
  const auto first = routes.front();
  return {static_cast<std::uint32_t>(first), config.routes.at(first).group_labels(labels)};
}

ingest_request route_alerts(const config::config& config, std::vector<alert> alerts) {
  ingest_request request;
  request.generation = config.generation;
  std::unordered_map<group_address, std::size_t> index;
  std::vector<std::size_t> routes;
  for (auto& a : alerts) {
    routes.clear();
    config.routes.match(a.labels, routes);
    const auto first = routes.front();
    group_address address{static_cast<std::uint32_t>(first), config.routes.at(first).group_labels(a.labels)};
    // Neighbours in a body mostly belong to one group: no look-up for those.
    if (!request.groups.empty() && request.groups.back().group == address) {
      request.groups.back().alerts.push_back(std::move(a));
      continue;
    }
    const auto [known, fresh] = index.try_emplace(address, request.groups.size());
    if (fresh) request.groups.push_back({std::move(address), {}});
    request.groups[known->second].alerts.push_back(std::move(a));
  }
  return request;
}

} // namespace tocsin

#include "protocols/links.hpp"

namespace tocsin {

std::string acknowledge_url(const notification& n, const render_context& context) {
  constexpr std::size_t most = 50;
  if (context.external_url.empty()) return {};
  std::string ids;
  std::size_t count = 0;
  for (const auto& a : n.alerts) {
    // A test is about no alert.
    if (a.resolved() || !a.acknowledged_by.empty() || !a.id || count == most) continue;
    ids.append(ids.empty() ? "" : ",").append(std::to_string(a.id.value));
    ++count;
  }
  return ids.empty() ? ids : context.external_url + "/acknowledge?alerts=" + ids;
}

} // namespace tocsin

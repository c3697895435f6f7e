#include "protocols/alert.hpp"

namespace tocsin {

alert_names names_of(const label_set& labels) noexcept {
  auto first_of = [&](auto... names) {
    std::string_view found;
    ((found.empty() ? void(found = labels.get(names)) : void()), ...);
    return found;
  };
  return {labels.get("alertname"), first_of("service", "component", "job"), first_of("category", "component"),
          labels.get("instance")};
}

} // namespace tocsin

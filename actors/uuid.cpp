#include "actors/uuid.hpp"

#include <memory>
#include <random>

namespace tocsin {

std::function<std::string()> random_uuids() {
  return [device = std::make_shared<std::random_device>()] {
    std::uniform_int_distribution<std::uint64_t> any;
    const auto high = any(*device);
    return uuid_of(high, any(*device));
  };
}

} // namespace tocsin

#pragma once

#include <string>
#include <vector>

#include "protocols/label_set.hpp"

namespace tocsin {

/// Appends the values of these labels to `key`, so that two label sets give the same
/// text exactly when they agree on all of them. A missing label is an empty value;
/// the byte behind each value occurs in no UTF-8 text.
inline void append_values(std::string& key, const std::vector<std::string>& names, const label_set& labels) {
  for (const auto& name : names) {
    key += labels.get(name);
    key += '\xFF';
  }
}

} // namespace tocsin

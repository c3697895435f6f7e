#pragma once

#include <string>

#include "protocols/templates/syntax.hpp"
#include "protocols/templates/template_set.hpp"

namespace tocsin::templates {

/// One rendering: where its templates are, what it is given, what it may cost.
struct execution {
  const definitions* defined = nullptr;
  /// Looked at first; may be null.
  const definitions* own = nullptr;
  const template_data* data = nullptr;
  template_limits limits;
  bool html = false;
};

/// Runs `main` with the data as its dot.
result<std::string> execute(const execution& e, const definition& main);

} // namespace tocsin::templates

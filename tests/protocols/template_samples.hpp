#pragma once

#include <string>
#include <string_view>

#include "protocols/templates/built_in.hpp"
#include "protocols/templates/template_set.hpp"
#include "tests/protocols/channel_samples.hpp"

/// What the tests of templates have in common.
namespace tocsin::samples {

/// What a template yields, or `error: …`.
inline std::string yielded(result<std::string> rendered) {
  return rendered ? *std::move(rendered) : "error: " + rendered.error().message;
}

/// One text, called `t`, with the built-in templates at hand.
inline std::string as_text(std::string_view text, const templates::template_data& data,
                           const templates::template_limits& limits = {}) {
  const auto set = templates::built_in_templates();
  const auto compiled = set.compile("t", text);
  return compiled ? yielded(set.render_text(*compiled, data, limits)) : "error: " + compiled.error().message;
}

inline std::string as_html(std::string_view text, const templates::template_data& data) {
  const auto set = templates::built_in_templates();
  const auto compiled = set.compile("t", text);
  return compiled ? yielded(set.render_html(*compiled, data)) : "error: " + compiled.error().message;
}

inline templates::template_data pool_data() {
  return templates::data_of(two_alerts(), context());
}

/// With a bare value as its dot.
inline templates::template_data with_dot(templates::value dot) {
  return {std::move(dot), noon};
}

inline std::string as_text(std::string_view text) {
  return as_text(text, pool_data());
}

struct template_case {
  std::string_view text;
  std::string_view yields;
};

} // namespace tocsin::samples

#include "protocols/templates/templated_text.hpp"

#include "protocols/templates/template_set.hpp"

namespace tocsin::templates {

result<templated_text> templated_text::make(const template_set& set, std::string_view name, std::string source) {
  templated_text made(std::move(source));
  if (made.source_.find("{{") == std::string::npos) return made;
  auto compiled = set.compile(name, made.source_);
  if (!compiled) return tl::unexpected(compiled.error());
  if (const auto known = set.check(*compiled); !known) return tl::unexpected(known.error());
  made.compiled_ = std::make_shared<const compiled_template>(*std::move(compiled));
  return made;
}

result<std::string> templated_text::text(const template_set& set, const template_data& data,
                                         const template_limits& limits) const {
  return compiled_ ? set.render_text(*compiled_, data, limits) : result<std::string>(source_);
}

result<std::string> templated_text::html(const template_set& set, const template_data& data,
                                         const template_limits& limits) const {
  return compiled_ ? set.render_html(*compiled_, data, limits) : result<std::string>(source_);
}

} // namespace tocsin::templates

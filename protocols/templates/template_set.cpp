#include "protocols/templates/template_set.hpp"

#include "protocols/templates/executor.hpp"

namespace tocsin::templates {

namespace {

result<parsed> parse_named(std::string_view name, std::string_view text) {
  return parse_template(std::make_shared<const source>(source{std::string(name), std::string(text)}));
}

tl::unexpected<failure> no_template(const template_use& use) {
  return tl::unexpected(at_position(*use.from, use.at, "there is no template " + quoted_start(use.name)));
}

} // namespace

bool compiled_template::is_plain() const {
  const auto& body = parsed_.main->body;
  return body.empty() || (body.size() == 1 && std::holds_alternative<text_node>(body.front().what));
}

result<void> template_set::parse(std::string_view name, std::string_view text) {
  auto made = parse_named(name, text);
  if (!made) return tl::unexpected(std::move(made).error());
  made->defined.emplace(std::string(name), made->main);
  for (auto& [defined, what] : made->defined) {
    auto& place = defined_[defined];
    if (!place || !what->blank()) place = std::move(what);
  }
  uses_.insert(uses_.end(), made->uses.begin(), made->uses.end());
  return {};
}

result<compiled_template> template_set::compile(std::string_view name, std::string_view text) const {
  auto made = parse_named(name, text);
  if (!made) return tl::unexpected(std::move(made).error());
  return compiled_template(*std::move(made));
}

bool template_set::contains(std::string_view name) const {
  return defined_.find(name) != defined_.end();
}

result<void> template_set::check() const {
  for (const auto& use : uses_) {
    if (!contains(use.name)) return no_template(use);
  }
  return {};
}

result<void> template_set::check(const compiled_template& t) const {
  for (const auto& use : t.parsed_.uses) {
    if (!contains(use.name) && !t.parsed_.defined.contains(use.name)) return no_template(use);
  }
  return {};
}

result<std::string> template_set::render_named(std::string_view name, const template_data& data,
                                               const template_limits& limits, bool html) const {
  const auto found = defined_.find(name);
  if (found == defined_.end()) return fail("there is no template " + quoted_start(name));
  return execute({&defined_, nullptr, &data, limits, html}, *found->second);
}

result<std::string> template_set::render_text(std::string_view name, const template_data& data,
                                              const template_limits& limits) const {
  return render_named(name, data, limits, false);
}

result<std::string> template_set::render_html(std::string_view name, const template_data& data,
                                              const template_limits& limits) const {
  return render_named(name, data, limits, true);
}

result<std::string> template_set::render_text(const compiled_template& t, const template_data& data,
                                              const template_limits& limits) const {
  return execute({&defined_, &t.parsed_.defined, &data, limits, false}, *t.parsed_.main);
}

result<std::string> template_set::render_html(const compiled_template& t, const template_data& data,
                                              const template_limits& limits) const {
  return execute({&defined_, &t.parsed_.defined, &data, limits, true}, *t.parsed_.main);
}

} // namespace tocsin::templates

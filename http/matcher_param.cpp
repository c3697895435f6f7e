#include "http/matcher_param.hpp"

namespace tocsin::http {

result<std::vector<matcher>, problem> matchers_of(params& p) {
  const auto text = p.text("filter");
  if (p.error()) return tl::unexpected(*p.error());
  if (!text || text->find_first_not_of(" \t\r\n") == std::string::npos) return {};
  auto matchers = parse_matchers(*text);
  if (matchers) return *std::move(matchers);
  return tl::unexpected(problem{400, "invalid_parameter",
                                "filter: expected matchers such as severity=\"critical\", team=~\"a|b\", found \""
                                    + *text + "\": " + matchers.error().message,
                                "filter"});
}

} // namespace tocsin::http

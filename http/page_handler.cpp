#include "http/page_handler.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <httplib.h>

#include "http/answer.hpp"
#include "protocols/digest.hpp"

namespace tocsin::http {

namespace embedded {

extern const std::string_view page_index_html;
extern const std::string_view page_style_css;
extern const std::string_view page_icon_svg;
extern const std::string_view page_app_js;
extern const std::string_view page_actions_js;
extern const std::string_view page_alert_js;
extern const std::string_view page_api_js;
extern const std::string_view page_charts_js;
extern const std::string_view page_dom_js;
extern const std::string_view page_format_js;
extern const std::string_view page_history_js;
extern const std::string_view page_insights_js;
extern const std::string_view page_live_js;
extern const std::string_view page_matchers_js;
extern const std::string_view page_now_js;
extern const std::string_view page_on_call_js;
extern const std::string_view page_parts_js;
extern const std::string_view page_silence_form_js;
extern const std::string_view page_silences_js;
extern const std::string_view page_status_js;
extern const std::string_view page_chart_js;

} // namespace embedded

namespace {

constexpr const char* html_type = "text/html; charset=utf-8";
constexpr const char* css_type = "text/css; charset=utf-8";
constexpr const char* js_type = "text/javascript; charset=utf-8";
constexpr const char* svg_type = "image/svg+xml";

struct page_file {
  page_file(std::string_view n, const char* t, std::string_view c)
      : name(n), type(t), content(c), etag("W/\"" + sha256_hex(c).substr(0, 16) + '"') {}

  std::string_view name;
  const char* type;
  std::string_view content;
  /// Weak: the same bytes may go out compressed or not.
  std::string etag;
};

/// The first one is the page itself.
const std::vector<page_file>& page_files() {
  using namespace embedded;
  static const std::vector<page_file> all{
      {"index.html", html_type, page_index_html}, {"style.css", css_type, page_style_css},
      {"icon.svg", svg_type, page_icon_svg},      {"app.js", js_type, page_app_js},
      {"actions.js", js_type, page_actions_js},   {"alert.js", js_type, page_alert_js},
      {"api.js", js_type, page_api_js},           {"charts.js", js_type, page_charts_js},
      {"dom.js", js_type, page_dom_js},           {"format.js", js_type, page_format_js},
      {"history.js", js_type, page_history_js},   {"insights.js", js_type, page_insights_js},
      {"live.js", js_type, page_live_js},         {"matchers.js", js_type, page_matchers_js},
      {"now.js", js_type, page_now_js},           {"on_call.js", js_type, page_on_call_js},
      {"parts.js", js_type, page_parts_js},       {"silence_form.js", js_type, page_silence_form_js},
      {"silences.js", js_type, page_silences_js}, {"status.js", js_type, page_status_js},
      {"chart.js", js_type, page_chart_js},
  };
  return all;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Without the mark of a weak entity.
std::string_view opaque(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

void answer_file(const page_file& file, const httplib::Request& request, httplib::Response& response) {
  // Nothing but our own files runs or is loaded, whatever an alert is called; nobody frames the page to steal clicks.
  response.set_header("Content-Security-Policy",
                      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
  // A new version of the program is seen at once; what is unchanged costs a 304.
  response.set_header("Cache-Control", "no-cache");
  response.set_header("ETag", file.etag);
  response.set_header("Vary", "Accept-Encoding");
  if (names_entity(request.get_header_value("If-None-Match"), file.etag)) {
    response.status = 304;
    return;
  }
  // The library compresses it where the client takes that.
  response.set_content(file.content.data(), file.content.size(), file.type);
}

} // namespace

bool names_entity(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto comma = if_none_match.find(',');
    const auto tag = trimmed(if_none_match.substr(0, comma));
    if (tag == "*" || opaque(tag) == opaque(etag)) return true;
    if_none_match = comma == std::string_view::npos ? std::string_view{} : if_none_match.substr(comma + 1);
  }
  return false;
}

void get_page(services&, const httplib::Request& request, httplib::Response& response) {
  answer_file(page_files().front(), request, response);
}

void get_page_file(services&, const httplib::Request& request, httplib::Response& response) {
  const auto name = request.matches[1].str();
  const auto& all = page_files();
  const auto found = std::find_if(all.begin(), all.end(), [&name](const auto& file) { return file.name == name; });
  if (found == all.end()) {
    return answer_problem(response, {404, "not_found", "the page has no file " + name, {}});
  }
  answer_file(*found, request, response);
}

} // namespace tocsin::http

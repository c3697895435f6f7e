#pragma once

#include <string>
#include <string_view>

namespace tocsin::templates {

/// `"` `'` `&` `<` `>` and NUL made harmless in HTML, as Go's text/template does.
std::string escape_html(std::string_view text);

/// Fit for a string in JavaScript, as Go's text/template does.
std::string escape_js(std::string_view text);

/// Fit for one value of a URL's query: a space is `+`.
std::string escape_query(std::string_view text);

/// Fit for a part of a URL: all but letters, digits and `-._~` is `%XX`.
std::string escape_url_part(std::string_view text);

/// A URL that may have escapes already: only what may not stand in one at all is escaped.
std::string normalize_url(std::string_view text);

} // namespace tocsin::templates

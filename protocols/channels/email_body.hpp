#pragma once

#include <string>
#include <vector>

#include "protocols/channel.hpp"

/// The two bodies of a mail; pure, in our own layout. For `email.cpp`.
namespace tocsin::channels {

/// How many alerts one mail lists.
inline constexpr std::size_t mailed_alerts = 50;

/// Plain text, with lines as long as they are.
/// @param failures what could not be worded as the configuration wants it.
std::string email_text(const notification& n, const render_context& context, const std::vector<std::string>& failures);

/// HTML with its styles in place, since mail programs drop style sheets. All that
/// comes from outside is escaped, and only http and https URLs become links.
std::string email_html(const notification& n, const render_context& context, const std::vector<std::string>& failures);

/// What failed, to stand before a body; nothing when nothing did.
std::string failures_text(const std::vector<std::string>& failures);
std::string failures_html(const std::vector<std::string>& failures);

} // namespace tocsin::channels

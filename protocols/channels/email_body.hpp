#pragma once

#include <string>

#include "protocols/channel.hpp"

/// The two bodies of a mail; pure, in our own layout. For `email.cpp`.
namespace tocsin::channels {

/// How many alerts one mail lists.
inline constexpr std::size_t mailed_alerts = 50;

/// Plain text, with lines as long as they are.
std::string email_text(const notification& n, const render_context& context);

/// HTML with its styles in place, since mail programs drop style sheets. All that
/// comes from outside is escaped, and only http and https URLs become links.
std::string email_html(const notification& n, const render_context& context);

} // namespace tocsin::channels

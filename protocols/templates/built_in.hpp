#pragma once

#include <string_view>

#include "protocols/templates/template_set.hpp"

namespace tocsin::templates {

/// Templates with the names that Alertmanager's own have, so that texts which use
/// them work: `__subject`, `__alertmanager`, `__alertmanagerURL`, `__text_alert_list`,
/// `slack.default.*`, `email.default.*` and those of the other channels. The
/// names and what they are for are Alertmanager's; wording and layout are ours.
std::string_view built_in_text() noexcept;

/// What messages call that text.
inline constexpr std::string_view built_in_name = "built-in templates";

/// A set that holds nothing else.
template_set built_in_templates();

} // namespace tocsin::templates

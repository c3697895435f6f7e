#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin {

/// The members of a posted alert that are looked at.
enum class alert_member : std::uint8_t { labels, annotations, starts_at, ends_at, generator_url, status, other };

/// Whether two keys are the same but for the case of their letters, as Go's
/// decoder compares them.
/// @param name what is looked for; letters only.
bool same_key(std::string_view key, std::string_view name) noexcept;

/// Which member of an alert `key` names.
alert_member alert_member_of(std::string_view key) noexcept;

} // namespace tocsin

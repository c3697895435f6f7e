#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// How much fits into a text message (3GPP TS 23.038). A text of GSM-7 characters
/// only has room for 160 septets; one character more than that alphabet has turns
/// the whole message into UCS-2, with room for 70 UTF-16 units.
namespace tocsin {

inline constexpr std::size_t septets_of_one_sms = 160;
inline constexpr std::size_t units_of_one_sms = 70;

/// Septets that the character takes in GSM-7: 1, or 2 for those of the extension
/// table (`^{}\[]~|€` and form feed); 0 for one that it does not have.
std::size_t gsm7_septets(char32_t character) noexcept;

/// What of UTF-8 `text` fits into one message. Line breaks and tabs become spaces;
/// typographic quotes, dashes and the like their plain relatives, since one of them would more
/// than halve the room. A cut text ends in `...` (GSM-7) or `…` (UCS-2), and
/// no character is divided. Invalid UTF-8 becomes `?`.
std::string fit_into_one_sms(std::string_view text);

} // namespace tocsin

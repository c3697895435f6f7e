#pragma once

#include <string>
#include <string_view>

/// Upper and lower case of all scripts, as far as one letter becomes one letter.
/// Bytes that are no UTF-8 stay as they are.
namespace tocsin::templates {

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

/// The first letter of each word in upper, the others in lower case. An
/// apostrophe, a dot or a colon between letters does not end a word.
std::string title_case(std::string_view text);

} // namespace tocsin::templates

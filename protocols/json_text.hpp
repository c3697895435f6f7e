#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What reading JSON needs beyond a strict parser: senders send what a strict
/// parser refuses, and their own peers take it.
namespace tocsin {

/// Decodes the JSON string whose opening quote lies just before `text`, in
/// place: what it means is never longer than how it is written. A lone
/// surrogate (`\ud800`) becomes U+FFFD.
/// @param end where the bytes end; the closing quote must come before it.
/// @returns the decoded text, which lies at `text`, or nothing when an escape
/// is not one or the string does not end.
std::optional<std::string_view> decode_json_string(char* text, char* end) noexcept;

/// The same text with each escape of a lone surrogate as `\ufffd`: for a strict parser, which refuses them.
std::string replace_lone_surrogates(std::string_view json);

/// Without the JSON white space at its start.
std::string_view skip_json_space(std::string_view text) noexcept;

/// How many bytes the first JSON value in `text` takes, with the white space
/// before it; all of `text` when the value does not end.
std::size_t first_json_value(std::string_view text) noexcept;

enum class nesting : unsigned char { sound, crossed, too_deep };

/// Looks whether the brackets of a JSON value match each other and are nested
/// at most `max_depth` deep.
nesting check_nesting(std::string_view value, std::size_t max_depth);

} // namespace tocsin

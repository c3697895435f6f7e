#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/mailbox.hpp"
#include "protocols/time.hpp"

/// How a mail is written (RFC 5322, 2045, 2047): ASCII throughout, lines of at most
/// 76 characters with CRLF behind them. Nothing that comes from outside can begin a
/// header of its own: control characters in header text become spaces.
namespace tocsin::mime {

/// `Name: text` and CRLF, folded; words beyond ASCII as `=?utf-8?q?…?=`.
std::string header(std::string_view name, std::string_view text);

/// The same for addresses; names in quotes, or encoded where they are beyond ASCII.
std::string header(std::string_view name, const std::vector<mailbox>& boxes);

/// `Tue, 24 Nov 2026 00:21:36 +0000`
std::string date(timestamp t);

/// UTF-8 text as quoted-printable; every kind of line break becomes CRLF. No line begins
/// with a dot, and `=_` stands nowhere in it, so that a boundary with it cannot.
std::string quoted_printable(std::string_view text);

} // namespace tocsin::mime

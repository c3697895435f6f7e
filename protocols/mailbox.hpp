#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/result.hpp"

namespace tocsin {

/// Whom a mail comes from or goes to.
struct mailbox {
  std::string name; ///< UTF-8; may be empty
  /// `local-part@domain`, ASCII.
  std::string address;

  friend bool operator==(const mailbox&, const mailbox&) = default;
};

template <class Inspector>
auto inspect(Inspector& f, mailbox& x) {
  return f(x.name, x.address);
}

/// Reads addresses as RFC 5322 writes them, with commas between: `ana@example.org`,
/// `Ana <ana@example.org>`, `"Weiß, Ana" <ana@example.org>`. Local parts in quotes,
/// groups and comments are not read. Addresses beyond ASCII need servers with
/// SMTPUTF8 all the way, so they are refused; a domain has its `xn--` form.
/// @returns a failure that says what was expected; it does not quote the text.
result<std::vector<mailbox>> parse_mailboxes(std::string_view text);

} // namespace tocsin

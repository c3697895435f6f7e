#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/templates/value.hpp"

namespace tocsin::templates {

/// Follows HTML as it is written and escapes values for the place where they
/// come, in the manner of Go's html/template.
///
/// - In text, and in `<title>` and `<textarea>`: HTML is escaped, unless `safeHtml`.
/// - In an attribute: quotes and all else that could end it are escaped.
/// - In an attribute that holds a URL: its start must be `http:`, `https:`,
///   `mailto:` or no scheme, unless `safeUrl`; what may not stand in a URL is
///   written `%XX`; behind a `?` or `#` a value is escaped as a whole.
/// - In a style: only what can be no more than one value.
/// - As the name of a tag or an attribute: only letters, digits and `-`.
/// - In a comment nothing is written.
///
/// What is refused by these rules is written as `ZgotmplZ`, as Go does. Not done,
/// and so refused altogether: values within scripts, within event handlers
/// (`onclick`) and in `srcdoc`. Unlike Go, which looks at a template before it
/// runs, this looks at what is really written, so that branches may end in
/// different places; and comments stay.
class html_context {
 public:
  /// HTML that the template holds itself.
  void feed(std::string_view literal);

  /// `printed` as it may be written here.
  std::string escape(std::string_view printed, markup as);

 private:
  enum class state : std::uint8_t {
    text,
    less_than,
    declaration,
    comment,
    raw,
    tag_name,
    tag,
    name,
    after_name,
    before_value,
    value,
  };
  enum class attribute : std::uint8_t { plain, url, style, refused };
  enum class url_part : std::uint8_t { start, path, query };

  void feed_character(char c);
  void feed_less_than(char c);
  void feed_tag(char c);
  void feed_name(char c);
  void feed_value(char c);
  void feed_until(char c, std::string_view ending);
  void begin_value(char quote);
  void end_tag();
  bool tail_ends_with(std::string_view ending) const;

  std::string escape_in_value(std::string_view printed, markup as);
  std::string escape_url(std::string_view printed, markup as);
  std::string escape_name(std::string_view printed);

  state state_ = state::text;
  std::string tag_;  ///< the tag that is open, lower case
  std::string name_; ///< the attribute, lower case
  std::string tail_; ///< the last bytes, to find where a comment or a script ends
  bool closing_ = false;
  char quote_ = 0; ///< 0 for a value without
  attribute attribute_ = attribute::plain;
  url_part url_part_ = url_part::start;
};

} // namespace tocsin::templates

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocols/result.hpp"
#include "protocols/templates/source.hpp"

namespace tocsin::templates {

enum class token_kind : std::uint8_t {
  text,      ///< outside of actions, trimmed as `{{-` and `-}}` ask
  open,      ///< `{{`
  close,     ///< `}}`
  word,      ///< a keyword, a function, `true`, `false`, `nil`
  dot,       ///< `.`
  field,     ///< `.name`
  variable,  ///< `$` or `$name`
  quoted,    ///< `"…"`
  raw,       ///< `` `…` ``
  character, ///< `'c'`
  number,
  left_paren,
  right_paren,
  pipe,
  comma,
  declare, ///< `:=`
  assign,  ///< `=`
  end,     ///< of the text
};

struct token {
  token_kind kind = token_kind::end;
  std::uint32_t at = 0;
  std::string_view text;
  /// White space stood before it, inside of an action.
  bool spaced = false;
};

/// Takes the text apart; comments are gone. The last token is `end`.
result<std::vector<token>> tokens_of(const source& s);

} // namespace tocsin::templates

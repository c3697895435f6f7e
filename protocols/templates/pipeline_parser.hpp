#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocols/templates/lexer.hpp"
#include "protocols/templates/syntax.hpp"

namespace tocsin::templates {

/// Where the parser stands in its tokens, and the variables that are known there.
struct parsing {
  std::shared_ptr<const source> from;
  std::vector<token> tokens;
  std::size_t next = 0;
  std::vector<std::string> variables{"$"};

  const token& peek(std::size_t ahead = 0) const noexcept { return tokens[std::min(next + ahead, tokens.size() - 1)]; }
  const token& take() noexcept {
    const auto& t = peek();
    if (next + 1 < tokens.size()) ++next;
    return t;
  }
  bool take_if(token_kind kind) noexcept {
    if (peek().kind != kind) return false;
    take();
    return true;
  }
  /// The next token is this keyword.
  bool at_word(std::string_view word) const noexcept { return peek().kind == token_kind::word && peek().text == word; }

  tl::unexpected<failure> wrong(const token& t, std::string_view message) const {
    return tl::unexpected(at_position(*from, t.at, message));
  }
  /// `expected …, found …` at the next token.
  tl::unexpected<failure> expected(std::string_view what) const;
};

/// Parses what stands in an action, up to `close`, which is taken.
/// @param after the keyword before it, for messages; `range` may declare two variables.
result<pipeline> parse_pipeline(parsing& p, std::string_view after, token_kind close = token_kind::close);

} // namespace tocsin::templates

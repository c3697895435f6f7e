#include "protocols/templates/pipeline_parser.hpp"

#include <algorithm>

#include "protocols/templates/literal.hpp"

namespace tocsin::templates {

namespace {

std::string name_of(const token& t) {
  switch (t.kind) {
    case token_kind::end: return "the end of the text";
    case token_kind::close: return "}}";
    case token_kind::text: return "text";
    default: return quoted_start(t.text);
  }
}

bool begins_operand(token_kind kind) noexcept {
  switch (kind) {
    case token_kind::word:
    case token_kind::dot:
    case token_kind::field:
    case token_kind::variable:
    case token_kind::quoted:
    case token_kind::raw:
    case token_kind::character:
    case token_kind::number:
    case token_kind::left_paren: return true;
    default: return false;
  }
}

bool is_keyword(std::string_view word) noexcept {
  constexpr std::string_view keywords[] = {"if", "else", "end", "range", "with", "define", "template", "block"};
  return std::find(std::begin(keywords), std::end(keywords), word) != std::end(keywords);
}

/// `parens` counts how many are open around what is parsed.
class pipeline_parser {
 public:
  explicit pipeline_parser(parsing& p) : p_(p) {}

  result<pipeline> parse(std::string_view after, token_kind close) {
    pipeline out;
    out.at = p_.peek().at;
    if (auto done = parse_variables(out, after); !done) return tl::unexpected(std::move(done).error());
    while (true) {
      auto next = parse_command();
      if (!next) return tl::unexpected(std::move(next).error());
      if (!out.commands.empty() && !executable(next->words.front())) {
        return tl::unexpected(at_position(*p_.from, next->at, "expected a function or a field behind |"));
      }
      out.commands.push_back(*std::move(next));
      if (p_.take_if(token_kind::pipe)) continue;
      if (p_.take_if(close)) break;
      return p_.expected(close == token_kind::close ? "}} or |" : ") or |");
    }
    // They are known only behind it: `$x := $x` means an outer one on the right.
    if (!out.assigns) p_.variables.insert(p_.variables.end(), out.variables.begin(), out.variables.end());
    return out;
  }

 private:
  /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
  result<void> parse_variables(pipeline& out, std::string_view after) {
    if (p_.peek().kind != token_kind::variable) return {};
    const auto kind = p_.peek(1).kind;
    if (kind == token_kind::comma) {
      if (after != "range") return p_.wrong(p_.peek(1), "only range may set two variables");
      if (p_.peek(2).kind != token_kind::variable)
        return p_.wrong(p_.peek(2), "expected a second variable, such as $x");
      const auto last = p_.peek(3).kind;
      if (last != token_kind::declare && last != token_kind::assign) return p_.wrong(p_.peek(3), "expected := or =");
    } else if (kind != token_kind::declare && kind != token_kind::assign) {
      return {};
    }
    while (true) {
      const auto& name = p_.take();
      const auto& mark = p_.take();
      out.variables.emplace_back(name.text);
      if (mark.kind == token_kind::comma) continue;
      out.assigns = mark.kind == token_kind::assign;
      break;
    }
    if (!out.assigns) return {};
    for (const auto& name : out.variables) {
      if (!known(name)) return unknown(p_.tokens[p_.next - 2], name);
    }
    return {};
  }

  bool known(std::string_view name) const {
    return std::find(p_.variables.begin(), p_.variables.end(), name) != p_.variables.end();
  }

  tl::unexpected<failure> unknown(const token& t, std::string_view name) const {
    return p_.wrong(t, "the variable " + std::string(name) + " is not declared here");
  }

  /// Only these may come behind a pipe, since they can take what it brings.
  static bool executable(const operand& word) noexcept {
    return word.callable() || word.what == operand::kind::variable || word.what == operand::kind::pipeline;
  }

  result<command> parse_command() {
    command out;
    out.at = p_.peek().at;
    while (begins_operand(p_.peek().kind)) {
      if (!out.words.empty() && !p_.peek().spaced) return p_.expected("a space");
      auto word = parse_operand();
      if (!word) return tl::unexpected(std::move(word).error());
      out.words.push_back(*std::move(word));
    }
    if (out.words.empty()) return p_.expected("a value, such as .Status or \"text\"");
    return out;
  }

  result<operand> parse_operand() {
    const auto& first = p_.peek();
    auto out = parse_term();
    if (!out) return out;
    while (p_.peek().kind == token_kind::field && !p_.peek().spaced) {
      if (out->what == operand::kind::literal || out->what == operand::kind::nil) {
        return p_.wrong(p_.peek(), quoted_start(first.text) + " has no fields");
      }
      out->fields.emplace_back(p_.take().text.substr(1));
    }
    return out;
  }

  result<operand> parse_term() {
    const auto& t = p_.take();
    operand out;
    out.at = t.at;
    switch (t.kind) {
      case token_kind::dot: return out;
      case token_kind::field: out.fields.emplace_back(t.text.substr(1)); return out;
      case token_kind::variable:
        if (!known(t.text)) return unknown(t, t.text);
        out.what = operand::kind::variable;
        out.variable = t.text;
        return out;
      case token_kind::left_paren: return parse_parenthesized(t, std::move(out));
      case token_kind::word: return parse_word(t, std::move(out));
      default: return parse_literal(t, std::move(out));
    }
  }

  result<operand> parse_parenthesized(const token& paren, operand out) {
    if (++parens_ > deepest_nesting) {
      return p_.wrong(paren, "parentheses are nested more than " + std::to_string(deepest_nesting) + " deep");
    }
    auto inner = parse("", token_kind::right_paren);
    --parens_;
    if (!inner) return tl::unexpected(std::move(inner).error());
    out.what = operand::kind::pipeline;
    out.inner = std::make_unique<pipeline>(*std::move(inner));
    return out;
  }

  result<operand> parse_word(const token& t, operand out) {
    if (t.text == "nil") {
      out.what = operand::kind::nil;
      return out;
    }
    if (t.text == "true" || t.text == "false") {
      out.what = operand::kind::literal;
      out.literal = value(t.text == "true");
      return out;
    }
    if (is_keyword(t.text)) return p_.wrong(t, "did not expect " + quoted_start(t.text) + " within an action");
    out.called = find_function(t.text);
    if (!out.called) return p_.wrong(t, "there is no function " + quoted_start(t.text));
    out.what = operand::kind::function;
    return out;
  }

  result<operand> parse_literal(const token& t, operand out) {
    out.what = operand::kind::literal;
    if (t.kind == token_kind::number || t.kind == token_kind::character) {
      auto read = t.kind == token_kind::number ? read_number(t.text) : read_character(t.text);
      if (!read) return p_.wrong(t, quoted_start(t.text) + " is not a number or a character");
      out.literal = *std::move(read);
      return out;
    }
    auto read = read_string(t.text);
    if (!read) return p_.wrong(t, "this text has an escape that Go does not know");
    out.literal = value::of(*std::move(read));
    return out;
  }

  parsing& p_;
  std::size_t parens_ = 0;
};

} // namespace

tl::unexpected<failure> parsing::expected(std::string_view what) const {
  std::string message = "expected ";
  return wrong(peek(), message.append(what).append(", found ").append(name_of(peek())));
}

result<pipeline> parse_pipeline(parsing& p, std::string_view after, token_kind close) {
  return pipeline_parser(p).parse(after, close);
}

} // namespace tocsin::templates

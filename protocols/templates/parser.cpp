#include <algorithm>

#include "protocols/templates/literal.hpp"
#include "protocols/templates/pipeline_parser.hpp"
#include "protocols/templates/syntax.hpp"

namespace tocsin::templates {

namespace {

/// What ended a block.
enum class block_end : std::uint8_t { end_of_text, end, otherwise };

tl::unexpected<failure> passed_on(failure& f) {
  return tl::unexpected(std::move(f));
}

class parser {
 public:
  explicit parser(parsing p) : p_(std::move(p)) {}

  result<parsed> run() {
    definition main{p_.from, {}};
    auto how = parse_block(main.body, true);
    if (!how) return passed_on(how.error());
    if (*how != block_end::end_of_text) return p_.wrong(ended_by_, "there is no block to end here");
    out_.main = std::make_shared<const definition>(std::move(main));
    return std::move(out_);
  }

 private:
  result<block_end> parse_block(block& out, bool top = false) {
    while (true) {
      const auto& t = p_.take();
      if (t.kind == token_kind::end) return block_end::end_of_text;
      if (t.kind == token_kind::text) {
        out.push_back({t.at, text_node{std::string(t.text)}});
        continue;
      }
      const auto& word = p_.peek();
      if (p_.at_word("end")) {
        ended_by_ = p_.take();
        if (!p_.take_if(token_kind::close)) return p_.expected("}} behind end");
        return block_end::end;
      }
      if (p_.at_word("else")) {
        ended_by_ = p_.take();
        return block_end::otherwise;
      }
      if (p_.at_word("define")) {
        if (!top) return p_.wrong(word, "a define may not stand within another block");
        if (auto done = parse_define(); !done) return passed_on(done.error());
        continue;
      }
      auto made = parse_action();
      if (!made) return passed_on(made.error());
      out.push_back(*std::move(made));
    }
  }

  result<node> parse_action() {
    const auto& t = p_.peek();
    if (t.kind == token_kind::word) {
      if (t.text == "if" || t.text == "with") return parse_choice();
      if (t.text == "range") return parse_range();
      if (t.text == "template") return parse_template();
      if (t.text == "block") return parse_named_block();
      if (t.text == "break" || t.text == "continue") return parse_jump();
    }
    auto what = parse_pipeline(p_, "{{");
    if (!what) return passed_on(what.error());
    return node{t.at, action_node{*std::move(what)}};
  }

  /// The body of a block that began with `opened`, one level deeper.
  result<block_end> parse_body(const token& opened, block& out) {
    if (++nesting_ > deepest_nesting) {
      return p_.wrong(opened, "blocks are nested more than " + std::to_string(deepest_nesting) + " deep");
    }
    auto how = parse_block(out);
    --nesting_;
    if (how && *how == block_end::end_of_text) {
      return p_.wrong(opened,
                      "expected {{ end }} for this " + std::string(opened.text) + ", found the end of the text");
    }
    return how;
  }

  /// What follows a plain `{{ else }}`: a body up to `{{ end }}`.
  result<void> parse_otherwise(const token& opened, block& out) {
    if (!p_.take_if(token_kind::close)) return p_.expected("}} behind else");
    auto how = parse_body(opened, out);
    if (!how) return passed_on(how.error());
    if (*how != block_end::end) return p_.wrong(ended_by_, "expected end: this block has an else already");
    return {};
  }

  result<node> parse_choice() {
    const auto opened = p_.take();
    const auto known = p_.variables.size();
    choice_node out;
    out.sets_dot = opened.text == "with";
    while (true) {
      choice_node::branch branch;
      auto condition = parse_pipeline(p_, opened.text);
      if (!condition) return passed_on(condition.error());
      branch.condition = *std::move(condition);
      const auto outside = p_.variables.size();
      auto how = parse_body(opened, branch.body);
      if (!how) return passed_on(how.error());
      // What a body declares is not known to the next branch.
      p_.variables.resize(outside);
      out.branches.push_back(std::move(branch));
      if (*how == block_end::end) break;
      if (p_.at_word(opened.text)) {
        p_.take();
        continue;
      }
      if (auto done = parse_otherwise(opened, out.otherwise); !done) return passed_on(done.error());
      break;
    }
    p_.variables.resize(known);
    return node{opened.at, std::move(out)};
  }

  result<node> parse_range() {
    const auto opened = p_.take();
    const auto known = p_.variables.size();
    range_node out;
    auto over = parse_pipeline(p_, "range");
    if (!over) return passed_on(over.error());
    out.over = *std::move(over);
    const auto outside = p_.variables.size();
    ++ranges_;
    auto how = parse_body(opened, out.body);
    --ranges_;
    if (!how) return passed_on(how.error());
    p_.variables.resize(outside);
    if (*how == block_end::otherwise) {
      if (auto done = parse_otherwise(opened, out.otherwise); !done) return passed_on(done.error());
    }
    p_.variables.resize(known);
    return node{opened.at, std::move(out)};
  }

  result<node> parse_jump() {
    const auto word = p_.take();
    if (ranges_ == 0) return p_.wrong(word, std::string(word.text) + " is only allowed within a range");
    if (!p_.take_if(token_kind::close)) return p_.expected("}} behind " + std::string(word.text));
    if (word.text == "break") return node{word.at, break_node{}};
    return node{word.at, continue_node{}};
  }

  result<std::string> parse_name() {
    const auto& t = p_.peek();
    if (t.kind != token_kind::quoted && t.kind != token_kind::raw) return p_.expected("the template's name in quotes");
    auto name = read_string(p_.take().text);
    if (!name) return p_.wrong(t, "this name has an escape that Go does not know");
    return *std::move(name);
  }

  result<node> parse_template() {
    const auto opened = p_.take();
    auto name = parse_name();
    if (!name) return passed_on(name.error());
    template_node out{*name, std::nullopt};
    if (!p_.take_if(token_kind::close)) {
      auto dot = parse_pipeline(p_, "template");
      if (!dot) return passed_on(dot.error());
      out.dot = *std::move(dot);
    }
    out_.uses.push_back({*std::move(name), p_.from, opened.at});
    return node{opened.at, std::move(out)};
  }

  /// `block`: a define and a template in one.
  result<node> parse_named_block() {
    const auto opened = p_.take();
    auto name = parse_name();
    if (!name) return passed_on(name.error());
    auto dot = parse_pipeline(p_, "block");
    if (!dot) return passed_on(dot.error());
    if (auto done = parse_definition(opened, *name); !done) return passed_on(done.error());
    return node{opened.at, template_node{*std::move(name), *std::move(dot)}};
  }

  result<void> parse_define() {
    const auto opened = p_.take();
    auto name = parse_name();
    if (!name) return passed_on(name.error());
    if (!p_.take_if(token_kind::close)) return p_.expected("}} behind the name");
    return parse_definition(opened, *name);
  }

  /// A body with variables of its own, up to `{{ end }}`.
  result<void> parse_definition(const token& opened, const std::string& name) {
    definition made{p_.from, {}};
    const auto outer = std::exchange(p_.variables, {"$"});
    const auto outer_ranges = std::exchange(ranges_, 0);
    auto how = parse_body(opened, made.body);
    if (!how) return passed_on(how.error());
    if (*how != block_end::end)
      return p_.wrong(ended_by_, "expected end: a " + std::string(opened.text) + " has no else");
    p_.variables = outer;
    ranges_ = outer_ranges;
    auto& place = out_.defined[name];
    if (place && !place->blank() && !made.blank()) {
      return p_.wrong(opened, "the template " + quoted_start(name) + " is defined twice in this text");
    }
    if (!place || !made.blank()) place = std::make_shared<const definition>(std::move(made));
    return {};
  }

  parsing p_;
  parsed out_;
  token ended_by_;
  std::size_t nesting_ = 0;
  std::size_t ranges_ = 0;
};

} // namespace

bool definition::blank() const {
  return std::all_of(body.begin(), body.end(), [](const node& n) {
    const auto* text = std::get_if<text_node>(&n.what);
    return text && text->bytes.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
  });
}

result<parsed> parse_template(std::shared_ptr<const source> from) {
  if (from->text.size() > longest_source) {
    return fail(from->name + ": the template is longer than " + std::to_string(longest_source) + " bytes");
  }
  auto tokens = tokens_of(*from);
  if (!tokens) return passed_on(tokens.error());
  parsing p;
  p.from = std::move(from);
  p.tokens = *std::move(tokens);
  return parser(std::move(p)).run();
}

} // namespace tocsin::templates

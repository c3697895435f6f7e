#include "protocols/templates/executor.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocols/templates/rendering.hpp"

namespace tocsin::templates {

namespace {

/// Blocks, parentheses and templates within each other, all together: each is a
/// few calls on the thread's stack.
constexpr std::size_t deepest_walk = 1'000;

/// How a block ended.
enum class flow : std::uint8_t { on, broken, continued };

struct variable {
  std::string_view name;
  value what;
};

class executor {
 public:
  explicit executor(const execution& e) : e_(e), rendering_(e) {}

  result<std::string> run(const definition& main) {
    variables_.push_back({"$", e_.data->dot});
    from_ = main.from.get();
    if (auto done = walk(main.body, e_.data->dot); !done) return tl::unexpected(std::move(done).error());
    return rendering_.take();
  }

 private:
  /// Adds where it happened to what went wrong.
  tl::unexpected<failure> at(std::uint32_t offset, const failure& f) const {
    return tl::unexpected(at_position(*from_, offset, f.message));
  }
  tl::unexpected<failure> at(std::uint32_t offset, std::string_view message) const {
    return tl::unexpected(at_position(*from_, offset, message));
  }

  /// Stands for one level of recursion.
  class level {
   public:
    explicit level(std::size_t& depth) : depth_(depth) { ++depth_; }
    ~level() { --depth_; }
    level(const level&) = delete;
    level& operator=(const level&) = delete;

   private:
    std::size_t& depth_;
  };

  // ---- blocks

  result<flow> walk(const block& b, const value& dot) {
    const level deeper(depth_);
    for (const auto& n : b) {
      if (auto paid = rendering_.spend(1); !paid) return at(n.at, paid.error());
      if (depth_ > deepest_walk) return at(n.at, "stopped: blocks and templates are nested too deep");
      auto how = std::visit([&](const auto& what) { return walk_node(n.at, what, dot); }, n.what);
      if (!how || *how != flow::on) return how;
    }
    return flow::on;
  }

  result<flow> walk_node(std::uint32_t offset, const text_node& n, const value&) {
    if (auto done = rendering_.write_literal(n.bytes); !done) return at(offset, done.error());
    return flow::on;
  }

  result<flow> walk_node(std::uint32_t offset, const action_node& n, const value& dot) {
    auto v = evaluate(n.what, dot);
    if (!v) return tl::unexpected(std::move(v).error());
    if (!n.what.variables.empty()) return flow::on;
    if (auto done = rendering_.write_value(*v); !done) return at(offset, done.error());
    return flow::on;
  }

  result<flow> walk_node(std::uint32_t, const choice_node& n, const value& dot) {
    const auto outside = variables_.size();
    auto how = choose(n, dot);
    variables_.resize(outside);
    return how;
  }

  result<flow> choose(const choice_node& n, const value& dot) {
    for (const auto& branch : n.branches) {
      auto v = evaluate(branch.condition, dot);
      if (!v) return tl::unexpected(std::move(v).error());
      if (truth(*v)) return walk(branch.body, n.sets_dot ? *v : dot);
    }
    return walk(n.otherwise, dot);
  }

  result<flow> walk_node(std::uint32_t offset, const range_node& n, const value& dot) {
    const auto outside = variables_.size();
    auto over = evaluate(n.over, dot);
    if (!over) return tl::unexpected(std::move(over).error());
    auto how = iterate(offset, n, *over, dot);
    variables_.resize(outside);
    return how;
  }

  result<flow> iterate(std::uint32_t offset, const range_node& n, const value& over, const value& dot) {
    bool any = false;
    std::optional<failure> wrong;
    const auto round = [&](const value& key, const value& item) {
      any = true;
      auto how = one_round(offset, n, key, item);
      if (!how) wrong = std::move(how).error();
      return how && *how != flow::broken;
    };
    if (!for_each(over, round))
      return at(offset, "range: a value of type " + std::string(type_name(over)) + " has no items");
    if (wrong) return tl::unexpected(*std::move(wrong));
    return any ? flow::on : walk(n.otherwise, dot);
  }

  /// Calls `round(key, item)` until it returns false. @returns whether `over` has items at all.
  template <class Round>
  bool for_each(const value& over, Round round) {
    if (over.missing()) return true;
    if (const auto* l = over.as<value::list_ptr>()) {
      std::int64_t i = 0;
      for (const auto& item : (*l)->items) {
        if (!round(value::number(i++), item)) break;
      }
    } else if (const auto* labels = over.as<label_set>()) {
      for (auto label : *labels) {
        if (!round(value::of(label.name), value::of(label.value))) break;
      }
    } else if (const auto* d = over.as<value::dict_ptr>()) {
      for (const auto& [key, item] : (*d)->items) {
        if (!round(value::of(key), item)) break;
      }
    } else if (const auto* count = over.as<integer>()) {
      for (std::int64_t i = 0; i < count->number; ++i) {
        if (!round(value::number(i), value::number(i))) break;
      }
    } else {
      return false;
    }
    return true;
  }

  result<flow> one_round(std::uint32_t offset, const range_node& n, const value& key, const value& item) {
    if (auto paid = rendering_.spend(1); !paid) return at(offset, paid.error());
    const auto& names = n.over.variables;
    if (!names.empty()) set(names.back(), item);
    if (names.size() > 1) set(names.front(), key);
    const auto outside = variables_.size();
    auto how = walk(n.body, item);
    variables_.resize(outside);
    return how;
  }

  result<flow> walk_node(std::uint32_t offset, const template_node& n, const value& dot) {
    const auto* called = find(n.name);
    if (!called) return at(offset, "there is no template " + quoted_start(n.name));
    if (templates_ == e_.limits.depth) {
      return at(offset, "stopped: templates call each other more than " + std::to_string(templates_) + " deep");
    }
    value inner;
    if (n.dot) {
      auto v = evaluate(*n.dot, dot);
      if (!v) return tl::unexpected(std::move(v).error());
      inner = *std::move(v);
    }
    // A template sees no variables of its caller.
    auto outer_variables = std::exchange(variables_, {{"$", inner}});
    const auto* outer_from = std::exchange(from_, called->from.get());
    ++templates_;
    auto how = walk(called->body, inner);
    --templates_;
    from_ = outer_from;
    variables_ = std::move(outer_variables);
    return how;
  }

  result<flow> walk_node(std::uint32_t, const break_node&, const value&) { return flow::broken; }
  result<flow> walk_node(std::uint32_t, const continue_node&, const value&) { return flow::continued; }

  const definition* find(std::string_view name) const {
    for (const auto* where : {e_.own, e_.defined}) {
      if (!where) continue;
      if (const auto found = where->find(name); found != where->end()) return found->second.get();
    }
    return nullptr;
  }

  // ---- variables

  value* lookup(std::string_view name) {
    const auto found =
        std::find_if(variables_.rbegin(), variables_.rend(), [name](const variable& v) { return v.name == name; });
    return found == variables_.rend() ? nullptr : &found->what;
  }

  /// The innermost of that name, which the parser has seen.
  void set(std::string_view name, const value& v) {
    if (auto* place = lookup(name)) *place = v;
  }

  // ---- expressions

  result<value> evaluate(const pipeline& p, const value& dot) {
    const level deeper(depth_);
    if (depth_ > deepest_walk) return at(p.at, "stopped: expressions and templates are nested too deep");
    std::optional<value> passed;
    for (const auto& c : p.commands) {
      auto v = evaluate(c, dot, passed);
      if (!v) return v;
      passed = *std::move(v);
    }
    for (const auto& name : p.variables) {
      if (p.assigns)
        set(name, *passed);
      else
        variables_.push_back({name, *passed});
    }
    return *std::move(passed);
  }

  /// @param passed what the pipe brings: the last argument.
  result<value> evaluate(const command& c, const value& dot, const std::optional<value>& passed) {
    if (auto paid = rendering_.spend(1); !paid) return at(c.at, paid.error());
    const auto& first = c.words.front();
    const bool has_arguments = c.words.size() > 1 || passed;
    if (!first.callable()) {
      if (has_arguments) return at(c.at, "this takes no arguments: it is neither a function nor a method");
      if (first.what == operand::kind::nil) return at(c.at, "nil is no value to begin with");
      return evaluate(first, dot);
    }
    if (first.what == operand::kind::function && first.fields.empty()) return call(c, *first.called, dot, passed);
    auto receiver = base_of(first, dot);
    if (!receiver) return receiver;
    for (std::size_t i = 0; i + 1 < first.fields.size(); ++i) {
      receiver = member(first, i, *receiver, {}, false);
      if (!receiver) return receiver;
    }
    auto args = arguments_of(c, dot, passed);
    if (!args) return tl::unexpected(std::move(args).error());
    return member(first, first.fields.size() - 1, *receiver, *args, has_arguments);
  }

  /// One word with all its fields and no arguments.
  result<value> evaluate(const operand& word, const value& dot) {
    auto v = base_of(word, dot);
    for (std::size_t i = 0; v && i < word.fields.size(); ++i) v = member(word, i, *v, {}, false);
    return v;
  }

  result<value> base_of(const operand& word, const value& dot) {
    switch (word.what) {
      case operand::kind::dot: return dot;
      case operand::kind::nil: return value();
      case operand::kind::literal: return word.literal;
      case operand::kind::variable: {
        const auto* found = lookup(word.variable);
        return found ? *found : value();
      }
      case operand::kind::function: return called(word.at, *word.called, {});
      case operand::kind::pipeline: break;
    }
    return evaluate(*word.inner, dot);
  }

  result<value> member(const operand& word, std::size_t field, const value& receiver, arguments args,
                       bool has_arguments) {
    if (auto paid = rendering_.spend(1); !paid) return at(word.at, paid.error());
    auto v = member_of(rendering_, receiver, word.fields[field], args, has_arguments);
    if (!v) return at(word.at, v.error());
    if (auto kept = rendering_.keep(*v); !kept) return at(word.at, kept.error());
    return v;
  }

  result<std::vector<value>> arguments_of(const command& c, const value& dot, const std::optional<value>& passed) {
    std::vector<value> args;
    for (std::size_t i = 1; i < c.words.size(); ++i) {
      auto v = evaluate(c.words[i], dot);
      if (!v) return tl::unexpected(std::move(v).error());
      args.push_back(*std::move(v));
    }
    if (passed) args.push_back(*passed);
    return args;
  }

  result<value> call(const command& c, const function& f, const value& dot, const std::optional<value>& passed) {
    if (f.name == "and" || f.name == "or") return decide(c, f, dot, passed);
    auto args = arguments_of(c, dot, passed);
    if (!args) return tl::unexpected(std::move(args).error());
    return called(c.at, f, *args);
  }

  /// `and` and `or` evaluate no further than they need to.
  result<value> decide(const command& c, const function& f, const value& dot, const std::optional<value>& passed) {
    const auto count = c.words.size() - 1 + (passed ? 1 : 0);
    if (auto counted = check_count(f.name, f.fewest, f.most, count); !counted) return at(c.at, counted.error());
    const bool wanted = f.name == "or";
    value last;
    for (std::size_t i = 1; i < c.words.size(); ++i) {
      auto v = evaluate(c.words[i], dot);
      if (!v) return v;
      last = *std::move(v);
      if (truth(last) == wanted) return last;
    }
    return passed ? *passed : last;
  }

  result<value> called(std::uint32_t offset, const function& f, arguments args) {
    if (auto counted = check_count(f.name, f.fewest, f.most, args.size()); !counted) return at(offset, counted.error());
    if (auto paid = rendering_.spend(1 + size_of(args) / 256); !paid) return at(offset, paid.error());
    auto v = f.call(rendering_, args);
    if (!v) return at(offset, v.error());
    if (auto kept = rendering_.keep(*v); !kept) return at(offset, kept.error());
    return v;
  }

  /// Bytes of texts and items of lists, which a function may look at one by one.
  static std::size_t size_of(arguments args) {
    std::size_t size = 0;
    for (const auto& v : args) {
      if (const auto* t = v.as<text>()) size += t->view().size();
      if (const auto* l = v.as<value::list_ptr>()) size += (*l)->items.size();
      if (const auto* d = v.as<value::dict_ptr>()) size += (*d)->items.size();
    }
    return size;
  }

  const execution& e_;
  rendering rendering_;
  const source* from_ = nullptr;
  std::vector<variable> variables_;
  std::size_t depth_ = 0;
  std::size_t templates_ = 0;
};

} // namespace

result<std::string> execute(const execution& e, const definition& main) {
  return executor(e).run(main);
}

} // namespace tocsin::templates

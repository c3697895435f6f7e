#include "config/route_verdict.hpp"

#include <algorithm>
#include <utility>

namespace tocsin::config {

namespace {

/// Walks the tree as `route_tree::match` does, but past every route, to say why.
class route_judge {
 public:
  route_judge(const route_tree& tree, const label_set& labels) : tree_(tree), labels_(labels) {}

  /// Judges a route that is to be tried, and all below it.
  /// @returns whether it or one of its children took the alert.
  bool judge(std::size_t index) {
    const auto& here = tree_.at(index);
    const auto place = add(here);
    const auto failed = std::find_if(here.matchers.begin(), here.matchers.end(),
                                     [this](const matcher& m) { return !m.matches(labels_); });
    if (failed != here.matchers.end()) {
      verdicts_[place].why = mismatch(*failed);
      pass_over_children(here, "its parent route does not match");
      return false;
    }
    const auto taker = judge_children(here);
    auto& verdict = verdicts_[place];
    verdict.taken = taker.empty();
    if (!taker.empty()) {
      verdict.why = "it matches, but a child took it: " + taker;
    } else if (index == 0) {
      verdict.why = here.children.empty() ? "it is the only route" : "it is the root, and no child took the alert";
    } else {
      verdict.why = here.children.empty() ? "every matcher matches" : "every matcher matches, and no child took it";
    }
    return true;
  }

  std::vector<route_verdict> verdicts() && { return std::move(verdicts_); }

 private:
  /// The key of the first child that took the alert; empty when none did.
  std::string judge_children(const route& parent) {
    std::string first;
    std::string last;
    ++depth_;
    for (const auto child : parent.children) {
      const auto& next = tree_.at(child);
      if (!last.empty()) {
        pass_over(child, "an earlier sibling took it and does not continue: " + last);
        continue;
      }
      if (!judge(child)) continue;
      if (first.empty()) first = next.key;
      if (!next.continues) last = next.key;
    }
    --depth_;
    return first;
  }

  /// A route that is not tried, with all below it.
  void pass_over(std::size_t index, const std::string& why) {
    const auto& here = tree_.at(index);
    const auto place = add(here);
    verdicts_[place].why = why;
    verdicts_[place].below_another = below_passed_;
    pass_over_children(here, "its parent route is not tried");
  }

  void pass_over_children(const route& parent, const std::string& why) {
    const auto outer = std::exchange(below_passed_, true);
    ++depth_;
    for (const auto child : parent.children) pass_over(child, why);
    --depth_;
    below_passed_ = outer;
  }

  std::size_t add(const route& here) {
    verdicts_.push_back({here.key, here.receiver, false, {}, depth_, false});
    return verdicts_.size() - 1;
  }

  std::string mismatch(const matcher& failed) const {
    const auto has = labels_.get(failed.name());
    std::string why = failed.to_string() + " does not match: the alert has ";
    if (has.empty()) return why + "no label " + failed.name();
    why.append(failed.name()).push_back('=');
    append_go_quoted(why, has);
    return why;
  }

  const route_tree& tree_;
  const label_set& labels_;
  std::vector<route_verdict> verdicts_;
  std::size_t depth_ = 0;
  /// Inside of a route that was not tried or does not match.
  bool below_passed_ = false;
};

} // namespace

std::vector<route_verdict> judge_routes(const route_tree& routes, const label_set& labels) {
  if (const auto drill = routes.drill_route(labels)) {
    const auto& taker = routes.at(*drill);
    return {{taker.key, taker.receiver, true, "a fire drill goes to the receiver that it names", 0, false}};
  }
  route_judge all(routes, labels);
  if (!routes.routes().empty()) all.judge(0);
  return std::move(all).verdicts();
}

} // namespace tocsin::config

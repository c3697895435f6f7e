#include <algorithm>

#include "http/explanation_parts.hpp"

namespace tocsin::http {

namespace {

/// Walks the tree as `route_tree::match` does, but past every route, to say why.
class route_judge {
 public:
  route_judge(const config::route_tree& tree, const label_set& labels) : tree_(tree), labels_(labels) {}

  /// Judges a route that is to be tried, and all below it.
  /// @returns whether it or one of its children took the alert.
  bool judge(std::size_t index) {
    const auto& here = tree_.at(index);
    const auto place = add(here);
    const auto failed = std::find_if(here.matchers.begin(), here.matchers.end(),
                                     [this](const matcher& m) { return !m.matches(labels_); });
    if (failed != here.matchers.end()) {
      verdicts_[place].why = mismatch(*failed);
      for (const auto child : here.children) pass_over(child, "its parent route does not match");
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
  std::string judge_children(const config::route& parent) {
    std::string first;
    std::string last;
    for (const auto child : parent.children) {
      const auto& route = tree_.at(child);
      if (!last.empty()) {
        pass_over(child, "an earlier sibling took it and does not continue: " + last);
        continue;
      }
      if (!judge(child)) continue;
      if (first.empty()) first = route.key;
      if (!route.continues) last = route.key;
    }
    return first;
  }

  /// A route that is not tried, with all below it.
  void pass_over(std::size_t index, const std::string& why) {
    const auto& here = tree_.at(index);
    verdicts_[add(here)].why = why;
    for (const auto child : here.children) pass_over(child, "its parent route is not tried");
  }

  std::size_t add(const config::route& route) {
    verdicts_.push_back({route.key, route.receiver, false, {}});
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

  const config::route_tree& tree_;
  const label_set& labels_;
  std::vector<route_verdict> verdicts_;
};

} // namespace

std::vector<route_verdict> judge_routes(const config::route_tree& routes, const label_set& labels) {
  if (const auto drill = routes.drill_route(labels)) {
    const auto& route = routes.at(*drill);
    return {{route.key, route.receiver, true, "a fire drill goes to the receiver that it names"}};
  }
  route_judge all(routes, labels);
  if (!routes.routes().empty()) all.judge(0);
  return std::move(all).verdicts();
}

} // namespace tocsin::http

#include "config/route_command.hpp"

#include <algorithm>
#include <string_view>

#include "config/route_verdict.hpp"

namespace tocsin::config {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

/// What the route says of itself, behind its receiver.
std::string details(const route& r) {
  std::string out;
  const auto add = [&out](std::string_view name, const std::string& value) {
    out.append("  ").append(name).append(": ").append(value);
  };
  if (!r.matchers.empty()) out.append("  ").append(to_string(r.matchers));
  if (r.group_by_all) {
    add("group_by", "...");
  } else if (!r.group_by.empty()) {
    add("group_by", joined(r.group_by));
  }
  if (r.group_wait) add("group_wait", format_duration(*r.group_wait));
  if (r.group_interval) add("group_interval", format_duration(*r.group_interval));
  if (r.repeat_interval) add("repeat_interval", format_duration(*r.repeat_interval));
  if (!r.mute_time_intervals.empty()) add("muted in", joined(r.mute_time_intervals));
  if (!r.active_time_intervals.empty()) add("only in", joined(r.active_time_intervals));
  if (r.continues) out += "  continue";
  return out;
}

void show_below(const route_tree& tree, const route& parent, const std::string& margin, std::string& out) {
  for (const auto child : parent.children) {
    const auto last = child == parent.children.back();
    const auto& here = tree.at(child);
    out += margin + (last ? "`- " : "|- ") + here.receiver + details(here) + "\n";
    show_below(tree, here, margin + (last ? "   " : "|  "), out);
  }
}

result<label_set> read_labels(const std::vector<std::string>& texts) {
  std::vector<label_view> labels;
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail("expected labels such as severity=critical, found \"" + text + "\"");
    }
    const auto view = std::string_view(text);
    const label_view label{view.substr(0, equals), view.substr(equals + 1)};
    if (std::any_of(labels.begin(), labels.end(), [&](const auto& known) { return known.name == label.name; })) {
      return fail("the label " + std::string(label.name) + " is given twice; give each label once");
    }
    // A label without a value is the same as none.
    if (!label.value.empty()) labels.push_back(label);
  }
  return label_set::from(labels);
}

/// Each once, in the order of the file.
std::vector<std::string> receivers_of(const std::vector<route_verdict>& verdicts) {
  std::vector<std::string> all;
  for (const auto& v : verdicts) {
    if (v.taken && std::find(all.begin(), all.end(), v.receiver) == all.end()) all.push_back(v.receiver);
  }
  return all;
}

std::string difference(const std::vector<std::string>& told, const route_order& order) {
  if (!order.expected
      || std::is_permutation(told.begin(), told.end(), order.expected->begin(), order.expected->end())) {
    return {};
  }
  return "expected " + joined(*order.expected) + " to be told, found " + joined(told);
}

} // namespace

std::string show_routes(const config& c) {
  if (c.routes.routes().empty()) return "there are no routes\n";
  const auto& root = c.routes.at(0);
  std::string out = root.receiver + details(root) + "\n";
  show_below(c.routes, root, "", out);
  return out;
}

result<route_answer> test_routes(const config& c, const route_order& order) {
  const auto labels = read_labels(order.labels);
  if (!labels) return tl::unexpected(labels.error());
  const auto verdicts = judge_routes(c.routes, *labels);
  route_answer answer;
  for (const auto& v : verdicts) {
    if (v.below_another) continue;
    answer.text.append(v.taken ? "* " : "  ").append(2 * v.depth, ' ').append(v.route).append(": ").append(v.why) +=
        '\n';
  }
  const auto told = receivers_of(verdicts);
  answer.text += "receivers: " + joined(told) + '\n';
  answer.complaint = difference(told, order);
  return answer;
}

} // namespace tocsin::config

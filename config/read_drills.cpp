#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

/// More often than this a drill would be noise.
constexpr duration most_often = std::chrono::minutes{1};
constexpr duration longest_wait = std::chrono::minutes{10};

duration read_within(const value& v, duration otherwise) {
  const auto within = read_positive_duration(v).value_or(otherwise);
  if (within > longest_wait) v.expected("a duration of at most " + format_duration(longest_wait));
  return within;
}

scheduled_drill read_drill(const value& v, const receiver_map& receivers) {
  constexpr std::array<std::string_view, 5> keys{"receiver", "every", "offset", "within", "severity"};
  v.only({keys});
  scheduled_drill out;
  out.what.receiver = read_text(v["receiver"]);
  if (out.what.receiver.empty()) v.complain("a drill without a receiver; add receiver");
  check_receiver(v["receiver"], out.what.receiver, receivers, unknown_receiver::is_an_error);
  out.what.severity = read_severity_word(v["severity"]).value_or(out.what.severity);
  out.what.within = read_within(v["within"], out.what.within);
  const auto every = read_positive_duration(v["every"]);
  if (!every && !v["every"].is_set()) v.complain("when is it held? add every, such as 24h");
  out.every = every.value_or(std::chrono::hours{24});
  if (out.every < most_often) v["every"].expected("a duration of at least " + format_duration(most_often));
  out.offset = read_duration(v["offset"]).value_or(duration::zero());
  if (out.offset >= out.every) v["offset"].expected("less than every");
  const auto found = receivers.find(out.what.receiver);
  if (found == receivers.end()) return out;
  const auto& channels = found->second.channels;
  const auto takes = [&out](const channel& c) { return c.takes(out.what.severity); };
  if (std::none_of(channels.begin(), channels.end(), takes)) {
    v.complain("no channel of the receiver takes alerts of severity " + std::string(to_string(out.what.severity))
               + "; choose another receiver or severity");
  }
  return out;
}

} // namespace

std::vector<scheduled_drill> read_drills(const value& v, const receiver_map& receivers) {
  std::vector<scheduled_drill> all;
  for (const auto& one : v.maps()) {
    all.push_back(read_drill(one, receivers));
    const auto same = [&all](const scheduled_drill& d) { return d.what.receiver == all.back().what.receiver; };
    if (std::count_if(all.begin(), all.end(), same) > 1)
      one.complain("the receiver has a drill already; one is enough");
  }
  return all;
}

} // namespace tocsin::config

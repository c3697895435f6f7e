#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 7> webhook_keys{
    "url", "url_file", "max_alerts", "hmac_secret", "hmac_secret_file", "timeout", "http_config"};

constexpr std::array<std::string_view, 1> stdout_keys{"format"};

constexpr std::array<std::string_view, 8> spoken{"name",          "fallback",       "webhook_configs",
                                                 "slack_configs", "stdout_configs", "pagerduty_configs",
                                                 "sms_configs",   "email_configs"};

/// An alert group counts its channels, those of its escalation too, as the bits of one number.
constexpr std::size_t most_channels = 32;

/// A receiver that would stay silent is refused by name.
constexpr std::array<std::string_view, 14> not_spoken{
    "opsgenie_configs", "victorops_configs",  "wechat_configs",     "telegram_configs",  "sns_configs",
    "pushover_configs", "webex_configs",      "discord_configs",    "msteams_configs",   "msteamsv2_configs",
    "jira_configs",     "rocketchat_configs", "mattermost_configs", "incidentio_configs"};

webhook_channel read_webhook(const value& v, const channel_defaults& defaults) {
  v.only({webhook_keys, common_channel_keys});
  webhook_channel out;
  if (v["url"].is_set() && !v["url_file"].is_set() && read_text(v["url"]).find("{{") != std::string::npos) {
    out.url_template = read_templated(v["url"], defaults);
    out.url = out.url_template.source();
  } else {
    const auto url = read_secret_url(v["url"], v["url_file"]);
    if (!url) v.complain("expected one of url and url_file, found none");
    out.url = url.value_or("");
  }
  out.max_alerts = read_count(v["max_alerts"], out.max_alerts);
  if (const auto secret = read_secret(v["hmac_secret"], v["hmac_secret_file"])) {
    if (secret->empty()) v.complain("hmac_secret is empty; expected a secret, or remove the key");
    out.hmac_secret = *secret;
  }
  out.timeout = read_attempt_timeout(v["timeout"], out.timeout);
  out.http = read_http(v["http_config"], defaults);
  return out;
}

stdout_channel read_stdout(const value& v) {
  v.only({stdout_keys, common_channel_keys});
  stdout_channel out;
  const auto format = v["format"].text();
  if (!format || *format == "auto") return out;
  if (*format == "text") {
    out.as = stdout_channel::format::text;
  } else if (*format == "json") {
    out.as = stdout_channel::format::json;
  } else {
    v["format"].expected("auto, text or json");
  }
  return out;
}

bool says_no(const value& v) {
  const auto text = read_text(v);
  return text.empty() || text == "false" || text == "no" || text == "0";
}

bool is_left_out(const value& v) {
  const auto when = v["when"];
  if (!when.is_written()) return false;
  if (when.is_scalar() || !when.is_set()) return says_no(when);
  const auto all = when.items();
  return std::any_of(all.begin(), all.end(), says_no);
}

rate_limit read_rate_limit(const value& v, std::string_view kind) {
  rate_limit limit;
  if (!v.is_set() || !v.is_map()) return limit;
  constexpr std::array<std::string_view, 2> keys{"messages", "per"};
  v.only({keys});
  // A digest of several groups would be an incident of its own, which nothing resolves.
  if (kind == "pagerduty")
    v.complain("PagerDuty tells incidents apart by group and cannot take digests; remove rate_limit");
  limit.messages = read_count(v["messages"], 0);
  if (limit.messages == 0) v["messages"].expected("a whole number, 1 or more");
  limit.per = read_positive_duration(v["per"]).value_or(limit.per);
  return limit;
}

/// Where messages go that a budget does not pay for must be said: nothing is dropped.
daily_budget read_daily_budget(const value& v) {
  daily_budget budget;
  if (!v.is_set() || !v.is_map()) return budget;
  constexpr std::array<std::string_view, 2> keys{"messages", "receiver"};
  v.only({keys});
  budget.messages = read_count(v["messages"], 0);
  if (budget.messages == 0) v["messages"].expected("a whole number, 1 or more");
  budget.receiver = read_text(v["receiver"]);
  if (budget.receiver.empty()) v.complain("nobody to tell once it is spent; add receiver");
  return budget;
}

double read_cost(const value& v) {
  const auto text = v.text();
  if (!text) return 0;
  double cost = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), cost);
  if (error != std::errc{} || end != text->data() + text->size() || !(cost >= 0) || cost > 1e6) {
    v.expected("a number from 0 to 1000000 such as 0.08");
  }
  return cost;
}

/// Reads the channels of one kind. Their index counts the entries of the file,
/// so that a channel keeps its id when one before it is left out.
template <class Read>
void read_channels(const value& list, std::string_view kind, bool send_resolved, receiver& out, Read read) {
  std::size_t index = 0;
  for (const auto& one : list.maps()) {
    const auto position = index++;
    if (is_left_out(one)) continue;
    channel c;
    c.id = out.name + "/" + std::string(kind) + "/" + std::to_string(position);
    c.receiver = out.name;
    c.send_resolved = read_flag(one["send_resolved"], send_resolved);
    c.limit = read_rate_limit(one["rate_limit"], kind);
    c.budget = read_daily_budget(one["daily_budget"]);
    c.cost_per_message = read_cost(one["cost_per_message"]);
    const auto place = c.id;
    auto settings = read(one);
    if constexpr (requires { settings.begin(); }) {
      // Each of several has attempts of its own, so only what failed is tried again.
      for (std::size_t i = 0; i < settings.size(); ++i) {
        c.id = place + "-" + std::to_string(i);
        c.settings = std::move(settings[i]);
        out.channels.push_back(c);
      }
    } else {
      c.settings = std::move(settings);
      out.channels.push_back(std::move(c));
    }
  }
}

void check_defined(const value& v, const receiver_map& all) {
  const auto name = read_text(v);
  if (!name.empty() && !all.contains(name)) {
    v.complain("the receiver " + v.quoted() + " is not defined; define it in receivers");
  }
}

constexpr std::array<std::string_view, 6> channel_lists{"webhook_configs",   "slack_configs", "stdout_configs",
                                                        "pagerduty_configs", "sms_configs",   "email_configs"};

void check_heirs_defined(const value& v, const receiver_map& all) {
  check_defined(v["fallback"], all);
  for (const auto list : channel_lists) {
    for (const auto& one : v[list].maps()) check_defined(one["daily_budget"]["receiver"], all);
  }
}

/// Whoever may be told instead of this receiver.
std::set<std::string> heirs_of(const receiver& r) {
  std::set<std::string> heirs;
  if (!r.fallback.empty()) heirs.insert(r.fallback);
  for (const auto& c : r.channels) {
    if (!c.budget.receiver.empty()) heirs.insert(c.budget.receiver);
  }
  return heirs;
}

/// What one cannot be told must not come back to it: fallbacks and budgets may not lead in a circle.
void check_no_circle(const value& v, const receiver_map& all) {
  const auto start = read_text(v["name"]);
  std::set<std::string> seen;
  std::vector<std::string> open{start};
  while (!open.empty()) {
    const auto found = all.find(open.back());
    open.pop_back();
    if (found == all.end()) continue;
    for (const auto& heir : heirs_of(found->second)) {
      if (heir == start) {
        (v["fallback"].is_set() ? v["fallback"] : v)
            .complain("the fallbacks and budgets lead in a circle, at the receiver \"" + start + "\"");
        return;
      }
      if (seen.insert(heir).second) open.push_back(heir);
    }
  }
}

/// Types that are not available: refused, or named and left out where that was asked for.
std::vector<std::string> read_not_spoken(const value& v) {
  std::vector<std::string> left_out;
  for (const auto type : not_spoken) {
    if (!v[type].is_set() || v[type].items().empty()) continue;
    const auto unavailable = "the receiver type " + std::string(type) + " is not available in this version; ";
    if (v.in().options().skip_unknown_receivers) {
      v[type].warn(unavailable + "left out, nobody is told by it");
      left_out.emplace_back(type);
    } else {
      v[type].complain(unavailable
                       + "remove it or use webhook_configs (--config.skip-unknown-receivers leaves it out)");
    }
  }
  return left_out;
}

} // namespace

duration read_attempt_timeout(const value& v, duration fallback) {
  const auto read = read_duration(v);
  return read && *read > duration::zero() ? *read : fallback;
}

receiver read_receiver(const value& v, const channel_defaults& defaults) {
  v.only({spoken, not_spoken});
  receiver out;
  out.name = read_text(v["name"]);
  if (out.name.empty()) v.complain("a receiver without a name; add name");
  out.fallback = read_text(v["fallback"]);
  out.left_out = read_not_spoken(v);
  read_channels(v["webhook_configs"], "webhook", true, out, [&](const value& c) { return read_webhook(c, defaults); });
  read_channels(v["slack_configs"], "slack", false, out, [&](const value& c) { return read_slack(c, defaults); });
  read_channels(v["stdout_configs"], "stdout", true, out, read_stdout);
  read_channels(v["pagerduty_configs"], "pagerduty", true, out,
                [&](const value& c) { return read_pagerduty(c, defaults); });
  read_channels(v["sms_configs"], "sms", false, out, [&](const value& c) { return read_sms(c, defaults); });
  read_channels(v["email_configs"], "email", false, out, [&](const value& c) { return read_email(c, defaults); });
  if (out.channels.size() > most_channels) {
    v.complain("the receiver has " + std::to_string(out.channels.size()) + " channels; expected at most "
               + std::to_string(most_channels) + " (every number of sms_configs counts)");
  }
  return out;
}

receiver_map read_receivers(const value& v, const channel_defaults& defaults) {
  receiver_map all;
  for (const auto& one : v.maps()) {
    auto read = read_receiver(one, defaults);
    const auto name = read.name;
    if (!all.emplace(name, std::move(read)).second) {
      one["name"].complain("the receiver name \"" + std::string(one["name"].raw())
                           + "\" is used twice; give each receiver its own");
    }
  }
  for (const auto& one : v.maps()) check_heirs_defined(one, all);
  for (const auto& one : v.maps()) check_no_circle(one, all);
  return all;
}

} // namespace tocsin::config

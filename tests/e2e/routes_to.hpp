#pragma once

#include <string>
#include <string_view>

#include "tests/e2e/api.hpp"

namespace tocsin::e2e {

/// A configuration with a receiver of one channel for each name, and a route to it for
/// alerts whose label `to` says so; groups by alert name, no wait, no second chance by an interval.
class routes_to {
 public:
  void add(const std::string& name, const std::string& channel, const std::string& route = {}) {
    routes_ += "    - {receiver: " + name + ", matchers: ['to=\"" + name + "\"']" + route + "}\n";
    receivers_ += "  - name: " + name + "\n    " + channel + "\n";
    if (first_.empty()) first_ = name;
  }
  void add_webhook(const std::string& name, const std::string& url, const std::string& more = ", timeout: 1s") {
    add(name, "webhook_configs: [{url: '" + url + "'" + more + "}]");
  }
  std::string text() const {
    return "route:\n  receiver: " + first_
           + "\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 10m\n  repeat_interval: 1h\n  routes:\n"
           + routes_ + "escalation: []\nreceivers:\n" + receivers_;
  }

 private:
  std::string first_;
  std::string routes_;
  std::string receivers_;
};

/// An alert for that receiver; another `what` makes another group.
inline std::string alert_to(std::string_view name, std::string_view what = "To", std::string_view summary = {}) {
  return alert_json(
      {{"alertname", std::string(what) + "-" + std::string(name)}, {"severity", "critical"}, {"to", name}},
      {{"summary", summary}});
}

/// The attempts to tell the receiver of that alert, the newest first.
inline json attempts_to(api& client, std::string_view name, std::string_view what = "To") {
  return json(
      client.get("/api/alerts/notification-history?alert_name=" + std::string(what) + "-" + std::string(name)).body);
}

} // namespace tocsin::e2e

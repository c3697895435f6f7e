#include "tests/actors/told.hpp"

#include <stdexcept>

#include "protocols/json_tree.hpp"

namespace tocsin::testing {

namespace {

label_set read_labels(simdjson::dom::element value) {
  std::vector<label_view> views;
  for (const auto [name, text] : json_object(value, "labels")) views.push_back({name, std::string_view(text)});
  return label_set::from(views);
}

} // namespace

told read_told(const world::sent& request) {
  simdjson::dom::parser parser;
  const auto root = json_root(parser, request.body);
  told t{request.at,
         request.url,
         json_string(root["groupKey"], "groupKey"),
         json_string(root["notification_reason"], "notification_reason"),
         {}};
  for (const auto alert : json_array(root["alerts"], "alerts")) {
    t.alerts.push_back({read_labels(alert["labels"]), json_string(alert["status"], "status") == "firing"});
  }
  return t;
}

void ledger::note(const told& t) {
  auto& believed = believed_[t.url];
  for (const auto& a : t.alerts) {
    if (a.firing) {
      first_.try_emplace(a.labels, t.at);
      believed.insert(a.labels);
    } else {
      believed.erase(a.labels);
    }
  }
}

std::optional<timestamp> ledger::first_told(const label_set& labels) const {
  const auto found = first_.find(labels);
  return found == first_.end() ? std::nullopt : std::optional(found->second);
}

bool ledger::believes(const std::string& url, const label_set& labels) const {
  const auto found = believed_.find(url);
  return found != believed_.end() && found->second.contains(labels);
}

std::vector<std::string> ledger::still_firing() const {
  std::vector<std::string> all;
  for (const auto& [url, alerts] : believed_) {
    for (const auto& labels : alerts) {
      if (all.size() < 10) all.push_back(url + ": " + to_text(labels));
    }
  }
  return all;
}

std::string to_text(const label_set& labels) {
  std::string text;
  for (const auto [name, value] : labels) {
    text.append(text.empty() ? "{" : ", ").append(name).append("=\"").append(value).append("\"");
  }
  return text + "}";
}

} // namespace tocsin::testing

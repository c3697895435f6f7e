#include "protocols/test_message.hpp"

namespace tocsin {

notification test_notification(const test_request& request, std::string_view receiver, notification_id id,
                               timestamp now) {
  notified_alert a;
  a.labels = label_set::of({{"alertname", test_alert_name}, {"severity", "info"}, {"channel", request.channel}});
  const auto who = request.by.empty() ? std::string("Somebody") : request.by;
  const auto summary = "This is a test: nothing is wrong and nothing has to be done.";
  const auto description = who + " tries whether messages arrive on " + request.channel + ".";
  a.annotations = label_set::of({{"summary", summary}, {"description", description}});
  a.current_severity = severity::info;
  a.starts_at = now;
  if (request.resolved) a.ended_at = now;

  notification n;
  n.id = id;
  n.group_key = "{}/test:{channel=\"" + request.channel + "\"}";
  n.channel = request.channel;
  n.receiver = receiver;
  n.reason = notification_reason::test;
  n.group_labels = label_set::of({{"alertname", test_alert_name}});
  n.alerts.push_back(std::move(a));
  n.created_at = now;
  return n;
}

} // namespace tocsin

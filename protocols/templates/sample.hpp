#pragma once

#include <string>
#include <string_view>

#include "protocols/notification.hpp"
#include "protocols/result.hpp"

/// Notifications to try templates on.
namespace tocsin::templates {

/// What a template is tried on: a notification, and where it says this program is reached.
struct sample {
  notification what;
  std::string external_url;
};

/// Two disks that fill up and one that is well again; always the same.
sample built_in_sample();

/// Reads a sample as JSON in the shape of Alertmanager's webhook (and of amtool's data):
/// receiver, status, alerts, groupLabels, externalURL. Labels and annotations that all alerts
/// share are found among the alerts, as in a real notification; other keys are read past.
/// @returns a failure with the place and what was expected.
result<sample> read_sample(std::string_view json);

} // namespace tocsin::templates

#pragma once

#include "protocols/messages.hpp"
#include "protocols/notification.hpp"

namespace tocsin {

/// What test messages say they are about.
inline constexpr std::string_view test_alert_name = "TocsinTest";

/// A notification that is marked as a test and about no alert: whoever reads it sees
/// that nothing has to be done. Firing and resolved ones of a channel have the same group key.
notification test_notification(const test_request& request, std::string_view receiver, notification_id id,
                               timestamp now);

} // namespace tocsin

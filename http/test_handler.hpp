#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `POST /api/alerts/test/{channel}`: sends a message that is marked as a test through
/// a channel (`ops/slack/0`), all channels of a receiver (`ops`) or of a kind (`slack`), and
/// answers how each fared. Blocks until the last attempt is over.
void post_test(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http

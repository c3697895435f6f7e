#include "http/status_handler.hpp"

#include <httplib.h>

#include "http/answer.hpp"
#include "http/on_call_handler.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

constexpr const char* text_type = "text/plain; charset=utf-8";

} // namespace

void get_healthy(services&, const httplib::Request&, httplib::Response& response) {
  response.set_content("OK", text_type);
}

void get_ready(services& s, const httplib::Request&, httplib::Response& response) {
  if (s.ready) {
    response.set_content("OK", text_type);
    return;
  }
  response.status = 503;
  response.set_content("not ready", text_type);
}

void get_metrics(services& s, const httplib::Request&, httplib::Response& response) {
  s.core.counts().ingest_queue(s.alerts_in_flight);
  response.set_content(s.core.counts().render() + on_call_metrics(s), "text/plain; version=0.0.4; charset=utf-8");
}

void post_reload(services& s, const httplib::Request&, httplib::Response& response) {
  const auto reloaded = s.core.reload();
  if (reloaded) return;
  response.status = 500;
  response.set_content("failed to reload config: " + reloaded.error().message, text_type);
}

void answer_v1(services&, const httplib::Request&, httplib::Response& response) {
  std::string body;
  json_writer(body)
      .begin_object()
      .member("status", "deprecated")
      .member("error", "Alertmanager's API v1 is gone; use the same call of API v2")
      .end_object();
  answer_json(response, 410, std::move(body));
}

} // namespace tocsin::http

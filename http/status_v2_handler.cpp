#include "http/status_v2_handler.hpp"

#include <string>

#include <httplib.h>

#include "http/answer.hpp"
#include "http/gettable_alert.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

/// The Alertmanager whose interface this is: programs that ask for the version decide by it what they may use.
constexpr const char* speaks_like = "0.34.0";

} // namespace

void get_v2_status(services& s, const httplib::Request&, httplib::Response& response) {
  add_v2_headers(response);
  std::string body;
  json_writer w(body, json_escaping::html);
  w.begin_object().key("cluster").begin_object().key("peers").begin_array().end_array();
  w.member("status", "disabled").end_object().key("config").begin_object();
  w.member("original", s.core.configuration()->alertmanager_yaml).end_object();
  w.member("uptime", s.started_at).key("versionInfo").begin_object().member("branch", "").member("buildDate", "");
  w.member("buildUser", "").member("goVersion", "").member("revision", "tocsin " + s.version);
  w.member("version", speaks_like).end_object().end_object();
  body += '\n';
  answer_json(response, 200, std::move(body));
}

void get_v2_receivers(services& s, const httplib::Request&, httplib::Response& response) {
  add_v2_headers(response);
  std::string body;
  json_writer w(body, json_escaping::html);
  write_receivers(w, s.core.configuration()->receiver_names);
  body += '\n';
  answer_json(response, 200, std::move(body));
}

} // namespace tocsin::http

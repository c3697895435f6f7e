#include "tests/e2e/api.hpp"

#include <algorithm>
#include <cctype>

#include <httplib.h>

#include "protocols/json_writer.hpp"
#include "protocols/time.hpp"

namespace tocsin::e2e {

struct api::impl {
  httplib::Client client;
  std::uint16_t port;

  explicit impl(std::uint16_t to) : client("127.0.0.1", to), port(to) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_read_timeout(30s);
    client.set_write_timeout(30s);
  }
};

namespace {

answer to_answer(const httplib::Result& result) {
  answer a;
  if (!result) return a;
  a.status = result->status;
  a.body = result->body;
  for (const auto& [name, value] : result->headers) {
    auto key = name;
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    a.headers[key] = value;
  }
  return a;
}

} // namespace

api::api(std::uint16_t port) : impl_(std::make_unique<impl>(port)) {}
api::~api() = default;

answer api::get(const std::string& path) {
  return to_answer(impl_->client.Get(path));
}
answer api::put(const std::string& path) {
  return to_answer(impl_->client.Put(path));
}
answer api::remove(const std::string& path) {
  return to_answer(impl_->client.Delete(path));
}
answer api::post(const std::string& path, const std::string& body, const std::string& type) {
  return to_answer(impl_->client.Post(path, body, type));
}

answer api::send(const std::string& method, const std::string& path, const std::string& body,
                 const std::multimap<std::string, std::string>& headers) const {
  httplib::Client once("127.0.0.1", impl_->port);
  once.set_url_encode(false);
  once.set_read_timeout(60s);
  once.set_write_timeout(60s);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  request.headers.insert(headers.begin(), headers.end());
  return to_answer(once.send(request));
}

answer api::post_all(const std::vector<std::string>& alerts) {
  return post_alerts(array_of(alerts));
}

std::string array_of(const std::vector<std::string>& alerts) {
  std::string body = "[";
  for (const auto& a : alerts) {
    if (body.size() > 1) body += ',';
    body += a;
  }
  body += ']';
  return body;
}

std::string alert_json(pairs labels, pairs annotations, std::string_view more) {
  std::string out;
  json_writer writer(out);
  writer.begin_object().key("labels").begin_object();
  for (const auto& [name, value] : labels) writer.member(name, value);
  writer.end_object().key("annotations").begin_object();
  for (const auto& [name, value] : annotations) writer.member(name, value);
  writer.end_object();
  if (!more.empty()) out.append(",").append(more);
  writer.end_object();
  return out;
}

std::string moment(std::chrono::milliseconds offset) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return to_rfc3339(now + offset);
}

std::string one_webhook(std::string_view url) {
  return R"(
route:
  receiver: sink
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: sink
    webhook_configs:
      - url: )"
         + std::string(url) + "\n";
}

std::int64_t history_total(api& client, const std::string& filter) {
  const auto a = client.get("/api/alerts/history?limit=1" + filter);
  return a.status == 200 ? json(a.body).number("/total").value_or(-1) : -1;
}

} // namespace tocsin::e2e

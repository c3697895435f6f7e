#include "tests/http/support.hpp"

#include <cerrno>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/log.hpp"
#include "config/load.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::testing {

std::string answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

namespace {

answer to_answer(const httplib::Result& result) {
  if (!result) return {};
  return {result->status, result->body, result->headers};
}

} // namespace

client::client(std::uint16_t port) : http_("127.0.0.1", port) {
  http_.set_keep_alive(true);
  http_.set_tcp_nodelay(true);
  http_.set_read_timeout(10s);
  // Paths are sent as the tests spell them.
  http_.set_url_encode(false);
}

answer client::get(const std::string& path) {
  return to_answer(http_.Get(path));
}
answer client::head(const std::string& path) {
  return to_answer(http_.Head(path));
}
answer client::put(const std::string& path, const std::string& body, const std::string& type) {
  return to_answer(http_.Put(path, body, type));
}
answer client::post(const std::string& path, const std::string& body, const std::string& type) {
  return to_answer(http_.Post(path, body, type));
}

answer client::send(const std::string& method, const std::string& path, const std::string& body) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  return to_answer(http_.send(request));
}

std::int64_t client::total(const std::string& filter) {
  const auto a = get("/api/alerts/history?days=365&limit=1" + filter);
  return a.status == 200 ? a.read().number("/total").value_or(-1) : -1;
}

raw_connection::raw_connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

raw_connection::~raw_connection() {
  ::close(socket_);
}

bool raw_connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool raw_connection::receive(std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd ready{socket_, POLLIN, 0};
  if (left <= 0ms || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
  char bytes[4096];
  const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

answer raw_connection::read_head(std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  auto end_of_head = std::string::npos;
  while ((end_of_head = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive(until)) return {};
  }
  answer a;
  const std::string head = received_.substr(0, end_of_head + 2);
  a.status = std::atoi(head.c_str() + head.find(' ') + 1);
  for (auto at = head.find("\r\n") + 2; at < head.size();) {
    const auto colon = head.find(": ", at);
    const auto end = head.find("\r\n", at);
    a.headers.emplace(head.substr(at, colon - at), head.substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  received_.erase(0, end_of_head + 4);
  return a;
}

bool raw_connection::read_text(std::string_view text, std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  auto found = std::string::npos;
  while ((found = received_.find(text)) == std::string::npos) {
    if (!receive(until)) return false;
  }
  received_.erase(0, found + text.size());
  return true;
}

answer raw_connection::read(std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  auto a = read_head(deadline);
  if (a.status == 0) return a;
  const auto length = static_cast<std::size_t>(std::atoll(a.header("Content-Length").c_str()));
  while (received_.size() < length) {
    if (!receive(until)) return {};
  }
  a.body = received_.substr(0, length);
  received_.erase(0, length);
  return a;
}

namespace {

struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::tocsin>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 2U);
    set("logger.verbosity", caf::atom("quiet"));
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

result<config::config_ptr> load_configuration(const std::string& sink_url, const std::string& more) {
  const auto yaml = R"(
route:
  receiver: silent
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - {receiver: unreachable, matchers: ['to="nobody"']}
    - {receiver: sink, matchers: ['to="url"']}
receivers:
  - name: silent
  - name: unreachable
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
  - name: sink
    webhook_configs: [{url: ")"
                    + sink_url + R"("}]
escalation: []
)" + more;
  return config::load_text(more.starts_with("route:") ? more : yaml, "test.yml",
                           [](std::string_view) { return std::optional<std::string>{}; });
}

/// An empty folder that is gone with its owner.
struct scratch_folder {
  scratch_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "tocsin-http-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + pattern);
    path = pattern;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string path;
};

template <class T>
T taken(result<T> r) {
  if (!r) throw std::runtime_error(r.error().message);
  return std::move(*r);
}

/// Before the first engine, since the log is set up once.
bool hush() {
  log::configure(log::level::error, log::format::logfmt);
  return true;
}

} // namespace

struct site::impl {
  impl(std::string sink_url, std::string extra)
      : sink(std::move(sink_url)),
        more(std::move(extra)),
        core(taken(engine::start(system, options()))),
        front(taken(http::server::start(*core, front_options(), taken(http::web_gate::open(""))))) {}

  static http::server_options front_options() { return {{{"127.0.0.1", 0}}, {}, {}, 16, "test"}; }

  result<config::config_ptr> load() {
    const std::lock_guard lock(mutex);
    return load_configuration(sink, more);
  }

  engine_options options() {
    engine_options o;
    o.config = taken(load());
    o.storage = {folder.path};
    o.rendering = {"http://tocsin.example", "test", false};
    o.read_again = [this] { return load(); };
    return o;
  }

  std::mutex mutex;
  std::string sink;
  std::string more; ///< guarded by `mutex`
  scratch_folder folder;
  actor_config actors;
  caf::actor_system system{actors};
  std::unique_ptr<engine> core;
  std::unique_ptr<http::server> front;
};

site::site(const std::string& sink_url, const std::string& more) {
  static const bool hushed = hush();
  static_cast<void>(hushed);
  impl_ = std::make_unique<impl>(sink_url, more);
}
site::~site() = default;

std::uint16_t site::port() const noexcept {
  return impl_->front->port();
}

engine& site::core() noexcept {
  return *impl_->core;
}

const std::string& site::folder() const noexcept {
  return impl_->folder.path;
}

void site::edit(const std::string& more) {
  const std::lock_guard lock(impl_->mutex);
  impl_->more = more;
}

std::string alert_json(pairs labels, std::string_view more) {
  std::string out;
  json_writer w(out);
  w.begin_object().key("labels").begin_object();
  for (const auto& [name, value] : labels) w.member(name, value);
  w.end_object();
  if (!more.empty()) out.append(",").append(more);
  w.end_object();
  return out;
}

std::string moment(std::chrono::milliseconds offset) {
  return to_rfc3339(std::chrono::floor<duration>(std::chrono::system_clock::now()) + offset);
}

} // namespace tocsin::testing

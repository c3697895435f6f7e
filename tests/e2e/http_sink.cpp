#include "tests/e2e/http_sink.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tocsin::e2e {

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

void parse_head(std::string_view head, received& request) {
  const auto line_end = std::min(head.find("\r\n"), head.size());
  const auto line = head.substr(0, line_end);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  request.method = line.substr(0, first);
  request.path = first < last ? line.substr(first + 1, last - first - 1) : std::string_view{};
  head.remove_prefix(std::min(line_end + 2, head.size()));
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto header = head.substr(0, end);
    if (const auto colon = header.find(':'); colon != std::string_view::npos) {
      request.headers[lower(header.substr(0, colon))] = trim(header.substr(colon + 1));
    }
    head.remove_prefix(std::min(end + 2, head.size()));
  }
}

std::size_t content_length(const received& request) {
  const auto found = request.headers.find("content-length");
  std::size_t length = 0;
  if (found != request.headers.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), length);
  }
  return length;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string answer_text(const behaviour& b) {
  auto out = "HTTP/1.1 " + std::to_string(b.status) + " Scripted\r\n";
  for (const auto& [name, value] : b.headers) out += name + ": " + value + "\r\n";
  return out + "Content-Length: " + std::to_string(b.body.size()) + "\r\n\r\n" + b.body;
}

descriptor listening(descriptor reserved) {
  start_listening(reserved);
  return reserved;
}

} // namespace

http_sink::http_sink(std::vector<behaviour> script, behaviour otherwise)
    : http_sink(reserve_port(), std::move(script), std::move(otherwise)) {}

http_sink::http_sink(descriptor reserved) : http_sink(std::move(reserved), {}, behaviour::answering(200)) {}

http_sink::http_sink(descriptor reserved, std::vector<behaviour> script, behaviour otherwise)
    : listener_socket_(listening(std::move(reserved))),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      port_(port_of(listener_socket_)),
      script_(script.begin(), script.end()),
      otherwise_(std::move(otherwise)),
      acceptor_([this] { accept_loop(); }) {}

http_sink::~http_sink() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
  acceptor_.join();
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return open_connections_ == 0; });
}

std::string http_sink::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

http_sink::requests http_sink::all() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t http_sink::open_connections() const {
  const std::lock_guard lock(mutex_);
  return open_connections_;
}

bool http_sink::idle() const {
  const std::lock_guard lock(mutex_);
  pollfd waiting{listener_socket_.get(), POLLIN, 0};
  return open_connections_ == 0 && ::poll(&waiting, 1, 0) == 0;
}

std::size_t http_sink::count() const {
  const std::lock_guard lock(mutex_);
  return requests_.size();
}

bool http_sink::wait_for(std::chrono::milliseconds deadline, const std::function<bool(const requests&)>& enough) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, deadline, [&] { return enough(requests_); });
}

bool http_sink::wait_for_count(std::chrono::milliseconds deadline, std::size_t count) const {
  return wait_for(deadline, [count](const requests& all) { return all.size() >= count; });
}

std::optional<received> http_sink::wait_for_body(std::chrono::milliseconds deadline, std::string_view part) const {
  std::optional<received> found;
  wait_for(deadline, [&](const requests& all) {
    const auto hit =
        std::find_if(all.begin(), all.end(), [&](const received& r) { return r.body.find(part) != r.body.npos; });
    if (hit != all.end()) found = *hit;
    return found.has_value();
  });
  return found;
}

/// Waits for bytes; false once the sink is being destroyed.
bool http_sink::readable(int fd) const {
  std::array<pollfd, 2> fds{pollfd{fd, POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
  while (::poll(fds.data(), fds.size(), -1) < 0) {
  }
  return fds[1].revents == 0;
}

void http_sink::accept_loop() {
  while (readable(listener_socket_.get())) {
    descriptor connection;
    {
      const std::lock_guard lock(mutex_);
      connection = descriptor{::accept4(listener_socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (connection.get() < 0) continue;
      ++open_connections_;
    }
    const int on = 1;
    ::setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::thread([this, c = std::move(connection)]() mutable { serve(std::move(c)); }).detach();
  }
}

void http_sink::serve(descriptor connection) {
  std::string buffer;
  received request;
  while (read_request(connection.get(), buffer, request)) {
    if (!act(connection.get(), take_in(std::exchange(request, {})))) break;
  }
  connection.close();
  const std::lock_guard lock(mutex_);
  --open_connections_;
  arrived_.notify_all();
}

bool http_sink::fill(int fd, std::string& buffer) const {
  std::array<char, 65536> bytes;
  if (!readable(fd)) return false;
  const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  buffer.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

/// False once the sink is being destroyed.
bool http_sink::still_there_after(std::chrono::milliseconds delay) const {
  pollfd stop{stop_.get(), POLLIN, 0};
  return ::poll(&stop, 1, static_cast<int>(delay.count())) == 0;
}

void http_sink::drain(int fd) const {
  std::string ignored;
  while (fill(fd, ignored)) ignored.clear();
}

/// Whether the script ends the connection before it has the body; does so.
bool http_sink::is_over_early(int fd, const received& request) {
  {
    const std::lock_guard lock(mutex_);
    if (script_.empty()) return false;
    const auto what = script_.front().what;
    if (what != behaviour::kind::hang_up && what != behaviour::kind::early) return false;
  }
  const auto b = take_in(request);
  if (b.what == behaviour::kind::hang_up) return true;
  send_all(fd, answer_text(b));
  ::shutdown(fd, SHUT_WR);
  drain(fd);
  return true;
}

bool http_sink::read_request(int fd, std::string& buffer, received& request) {
  std::size_t head_end;
  while ((head_end = buffer.find(end_of_head)) == std::string::npos) {
    if (!fill(fd, buffer)) return false;
  }
  request.at = clock::now();
  parse_head(std::string_view(buffer).substr(0, head_end), request);
  if (is_over_early(fd, request)) return false;
  if (request.headers.contains("expect")) send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n");
  const auto begin = head_end + end_of_head.size();
  const auto length = content_length(request);
  while (buffer.size() < begin + length) {
    if (!fill(fd, buffer)) return false;
  }
  request.body = buffer.substr(begin, length);
  buffer.erase(0, begin + length);
  return true;
}

/// Remembers the request; what is to be done with it.
behaviour http_sink::take_in(received request) {
  if (listener_) listener_(request);
  const std::lock_guard lock(mutex_);
  if (keep_) requests_.push_back(std::move(request));
  arrived_.notify_all();
  if (script_.empty()) return otherwise_;
  auto next = std::move(script_.front());
  script_.pop_front();
  return next;
}

/// Does it; false when the connection is over.
bool http_sink::act(int fd, const behaviour& b) const {
  switch (b.what) {
    case behaviour::kind::answer: return still_there_after(b.delay) && send_all(fd, answer_text(b));
    case behaviour::kind::hang: drain(fd); return false;
    case behaviour::kind::close:
    case behaviour::kind::early:
    case behaviour::kind::hang_up: return false;
    case behaviour::kind::raw: send_all(fd, b.body); return false;
    case behaviour::kind::endless:
      if (!send_all(fd, b.body)) return false;
      while (still_there_after(0ms) && send_all(fd, b.again)) {
      }
      return false;
    case behaviour::kind::half_open:
      send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of");
      return false;
  }
  return false;
}

} // namespace tocsin::e2e

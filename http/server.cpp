#include "http/server.hpp"

#include <algorithm>
#include <exception>
#include <regex>
#include <thread>
#include <utility>

#include <caf/send.hpp>
#include <httplib.h>

#include "actors/log.hpp"
#include "http/answer.hpp"
#include "http/endpoints.hpp"
#include "http/services.hpp"

namespace tocsin::http {

namespace {

/// Larger than any sender's batch; what is larger is refused with 413 before it is kept.
constexpr std::size_t largest_body = 32UL * 1024 * 1024;
/// What the library, as it is built, takes as a line of a request's head.
constexpr std::size_t longest_line = 8192;
/// An idle connection holds a thread for this long at most.
constexpr int keep_alive_seconds = 5;
constexpr std::size_t requests_per_connection = 1'000'000;
constexpr int io_timeout_seconds = 30;
constexpr std::size_t read_connections = 4;

bool is_v2(std::string_view path) {
  return path.rfind("/api/v2/", 0) == 0;
}

/// What a path that is not answered, or not with this method, gets.
void answer_unroutable(const httplib::Request& request, httplib::Response& response) {
  const auto allowed = allowed_methods(request.path);
  const auto v2 = is_v2(request.path);
  if (v2) add_v2_headers(response);
  if (allowed.empty()) {
    const auto message = "path " + request.path + " was not found";
    return v2 ? answer_v2_refusal(response, 404, 404, message)
              : answer_problem(response, {404, "not_found", message, {}});
  }
  response.set_header("Allow", allowed);
  if (request.method == "OPTIONS") return;
  const auto message = "method " + request.method + " is not allowed, but [" + allowed + "] are";
  v2 ? answer_v2_refusal(response, 405, 405, message)
     : answer_problem(response, {405, "method_not_allowed", message, {}});
}

/// The length, if there is one, is a number; the library would take `2x` for 2 and wait for ever after `-1`.
bool has_good_length(const httplib::Request& request) {
  if (!request.has_header("Content-Length")) return true;
  constexpr std::size_t most_digits = 18;
  const auto length = request.get_header_value("Content-Length");
  return !length.empty() && length.size() <= most_digits && length.find_first_not_of("0123456789") == std::string::npos;
}

/// A request of a method that may have a body, but that announces none.
bool lacks_length(const httplib::Request& request) {
  const auto& m = request.method;
  const auto may_have_body = m == "POST" || m == "PUT" || m == "PATCH" || m == "DELETE";
  return may_have_body && !request.has_header("Content-Length") && !request.has_header("Transfer-Encoding");
}

/// The parameters in a query. The library takes what follows the last `=` of a pair for its value, so that of
/// `filter=team=b` only `b` would be left; and passes over a pair that it has already.
httplib::Params read_query(std::string_view target) {
  httplib::Params found;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return found;
  for (auto rest = target.substr(mark + 1); !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    constexpr bool plus_is_space = true;
    const auto decoded = [](std::string_view text) {
      return httplib::detail::decode_url(std::string(text), plus_is_space);
    };
    found.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return found;
}

/// A form's parameters are in its body.
bool is_form(const httplib::Request& request) {
  return request.get_header_value("Content-Type").rfind("application/x-www-form-urlencoded", 0) == 0;
}

/// Answers that cpp-httplib makes itself (a body too large, a broken request)
/// get a body that says so.
void explain_failure(const httplib::Request& request, httplib::Response& response) {
  if (!response.body.empty()) return;
  const auto status = response.status;
  if (status < 400) return;
  const auto message = status == 413   ? "the body is larger than " + std::to_string(largest_body) + " bytes"
                       : status == 414 ? "the URL is longer than " + std::to_string(longest_line) + " bytes"
                                       : "the request could not be read: it is not HTTP as it should be, or a line "
                                         "of its header is longer than "
                                             + std::to_string(longest_line) + " bytes";
  if (is_v2(request.path)) {
    add_v2_headers(response);
    answer_v2_refusal(response, status, status, message);
    return;
  }
  answer_problem(response, {status, status == 413 ? "too_large" : "bad_request", message, {}});
}

void answer_exception(const httplib::Request& request, httplib::Response& response, std::exception_ptr thrown) {
  std::string why = "unknown exception";
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
  }
  log::error("request failed", {{"method", request.method}, {"path", request.path}, {"error", why}});
  answer_problem(response, unavailable("the request could not be carried out: " + why));
}

} // namespace

struct server::impl {
  impl(engine& core, server_options o)
      : options(std::move(o)), history(core.options().storage, read_connections), shared{core, history, parsers} {
    shared.version = options.version;
    shared.started_at = core.options().time.now();
  }

  server_options options;
  storage::reader history;
  parser_pool parsers;
  services shared;
  httplib::Server http;
  std::uint16_t bound = 0;
  std::thread thread;

  void configure() {
    http.new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };
    http.set_tcp_nodelay(true);
    // Not SO_REUSEPORT, which the library would set: a second program on the same
    // port would take half of the alerts without anybody noticing.
    http.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_keep_alive_timeout(keep_alive_seconds);
    http.set_keep_alive_max_count(requests_per_connection);
    http.set_read_timeout(io_timeout_seconds);
    http.set_write_timeout(io_timeout_seconds);
    http.set_payload_max_length(largest_body);
    http.set_error_handler(
        [](const httplib::Request& request, httplib::Response& response) { explain_failure(request, response); });
    http.set_exception_handler(
        [](const httplib::Request& request, httplib::Response& response, std::exception_ptr thrown) {
          answer_exception(request, response, std::move(thrown));
        });
    for (const auto& e : endpoints()) add(e);
    add_unroutable();
    http.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if (!has_good_length(request)) {
        response.status = 400;
        explain_failure(request, response);
        return httplib::Server::HandlerResponse::Handled;
      }
      if (!lacks_length(request)) return httplib::Server::HandlerResponse::Unhandled;
      answer_without_body(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
  }

  /// `curl -X PUT` sends neither a body nor its length. That means an empty body
  /// (RFC 9112, 6.3), but cpp-httplib would wait for one until the connection ends.
  void answer_without_body(const httplib::Request& request, httplib::Response& response) {
    auto matched = request;
    for (const auto& e : endpoints()) {
      if (e.method != matched.method) continue;
      if (!std::regex_match(matched.path, matched.matches, std::regex(pattern_of(e.path)))) continue;
      return carry_out(e, matched, response);
    }
    answer_unroutable(request, response);
  }

  /// Behind all others: what no endpoint takes. (Not before routing, since then
  /// the body would be left in the connection and be read as the next request.)
  void add_unroutable() {
    // Not `.*`: a path may hold an escaped line break.
    constexpr const char* any = R"([\s\S]*)";
    http.Get(any, answer_unroutable);
    http.Post(any, answer_unroutable);
    http.Put(any, answer_unroutable);
    http.Patch(any, answer_unroutable);
    http.Delete(any, answer_unroutable);
    http.Options(any, answer_unroutable);
  }

  void carry_out(const endpoint& e, const httplib::Request& request, httplib::Response& response) {
    if (is_v2(e.path) && refuse_accepted_types(request, response)) return;
    // The library hands its own request on, which is not const; a copy would copy the body.
    if (!is_form(request)) const_cast<httplib::Request&>(request).params = read_query(request.target);
    e.handle(shared, request, response);
  }

  /// @param e one of `endpoints()`, which last.
  void add(const endpoint& e) {
    auto handler = [this, &e](const httplib::Request& request, httplib::Response& response) {
      // The library holds a plain body to the limit, but not one that comes in chunks or unpacks.
      if (request.body.size() > largest_body) {
        response.status = 413;
        return explain_failure(request, response);
      }
      carry_out(e, request, response);
    };
    const auto pattern = pattern_of(e.path);
    if (e.method == "GET") http.Get(pattern, handler);
    if (e.method == "POST") http.Post(pattern, handler);
    if (e.method == "PUT") http.Put(pattern, handler);
    if (e.method == "DELETE") http.Delete(pattern, handler);
  }

  bool bind() {
    if (options.port != 0) {
      bound = options.port;
      return http.bind_to_port(options.host, options.port);
    }
    const auto port = http.bind_to_any_port(options.host);
    bound = static_cast<std::uint16_t>(port);
    return port > 0;
  }
};

server::server(std::unique_ptr<impl> i) : impl_(std::move(i)) {}

result<std::unique_ptr<server>> server::start(engine& core, server_options options) {
  const auto wanted = options.host + ":" + std::to_string(options.port);
  std::unique_ptr<impl> i;
  try {
    i = std::make_unique<impl>(core, std::move(options));
  } catch (const std::exception& e) {
    return fail(core.options().storage.file() + ": " + e.what());
  }
  i->configure();
  if (!i->bind()) {
    return fail("cannot listen on " + wanted
                + ": the address is taken or not ours; choose another with --web.listen-address=HOST:PORT");
  }
  i->thread = std::thread([raw = i.get()] { raw->http.listen_after_bind(); });
  // Until the thread is that far, a stop would go unheard and its join would never end.
  while (!i->http.is_running()) std::this_thread::yield();
  i->shared.ready = true;
  return std::unique_ptr<server>(new server(std::move(i)));
}

server::~server() {
  impl_->shared.ready = false;
  // Whoever waits for the end of a clean-up would keep us waiting too.
  caf::anon_send(impl_->shared.core.history(), halt_atom_v);
  impl_->http.stop();
  impl_->thread.join();
}

std::string server::address() const {
  return impl_->options.host + ":" + std::to_string(impl_->bound);
}
std::uint16_t server::port() const noexcept {
  return impl_->bound;
}

} // namespace tocsin::http

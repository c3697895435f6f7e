#include "http/server.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <regex>
#include <thread>
#include <utility>

#include <caf/send.hpp>
#include <httplib.h>

#include "actors/log.hpp"
#include "http/answer.hpp"
#include "http/change_feed.hpp"
#include "http/endpoints.hpp"
#include "http/listener.hpp"
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

/// What is left of a path behind the prefix; empty when it does not begin with it.
std::string path_behind(const std::string& prefix, const std::string& path) {
  if (prefix.empty()) return path;
  const auto begins = path.size() > prefix.size() && path.starts_with(prefix) && path[prefix.size()] == '/';
  return begins ? path.substr(prefix.size()) : std::string();
}

/// What a path that is not answered, or not with this method, gets.
void answer_unroutable(const std::string& prefix, const httplib::Request& request, httplib::Response& response) {
  const auto path = path_behind(prefix, request.path);
  const auto allowed = path.empty() ? std::string() : allowed_methods(path);
  const auto v2 = is_v2(path);
  if (v2) add_v2_headers(response);
  if (allowed.empty()) {
    const auto message = "path " + (path.empty() ? request.path : path) + " was not found";
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
void explain_failure(const std::string& prefix, const httplib::Request& request, httplib::Response& response) {
  if (!response.body.empty()) return;
  const auto status = response.status;
  if (status < 400) return;
  // Whatever is left of such a request must not be read as the next one.
  close_after(request);
  const auto message = status == 413   ? "the body is larger than " + std::to_string(largest_body) + " bytes"
                       : status == 414 ? "the URL is longer than " + std::to_string(longest_line) + " bytes"
                                       : "the request could not be read: it is not HTTP as it should be, or a line "
                                         "of its header is longer than "
                                             + std::to_string(longest_line) + " bytes";
  if (is_v2(path_behind(prefix, request.path))) {
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

/// Reads the body into the request, as far as the limit. The library itself would keep one that comes in
/// chunks or unpacks whatever its size, and would refuse forms above 8 KiB.
/// @returns false when there is no whole body; the answer has its status then.
bool read_body(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& read) {
  // The library's own request, which it shows as const; here it is as if the library had filled it in.
  auto& filled = const_cast<httplib::Request&>(request);
  std::size_t size = 0;
  const auto take = [&](const char* bytes, std::size_t more) {
    size += more;
    if (size <= largest_body) filled.body.append(bytes, more);
    return size <= largest_body;
  };
  // Nobody takes files: their parts are read only so that the connection can go on.
  const auto pass_by = [&](const char*, std::size_t more) { return (size += more) <= largest_body; };
  const auto whole = request.is_multipart_form_data()
                         ? read([](const httplib::MultipartFormData&) { return true; }, pass_by)
                         : read(take);
  if (whole) {
    constexpr std::size_t largest_form = 64UL * 1024;
    if (filled.body.size() <= largest_form && is_form(request)) {
      httplib::detail::parse_query_text(filled.body, filled.params);
    }
    return true;
  }
  if (size > largest_body) response.status = 413;
  if (response.status < 400) response.status = 400;
  filled.body.clear();
  return false;
}

/// Hands the connections of one listener to the threads that all of them share.
class shared_queue : public httplib::TaskQueue {
 public:
  explicit shared_queue(httplib::ThreadPool& pool) : pool_(pool) {}
  void enqueue(std::function<void()> serve) override { pool_.enqueue(std::move(serve)); }
  /// The pool ends with the server.
  void shutdown() override {}

 private:
  httplib::ThreadPool& pool_;
};

void set_socket_up(socket_t socket) {
  // Not SO_REUSEPORT, which the library would set: a second program on the same
  // port would take half of the alerts without anybody noticing.
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

} // namespace

struct server::impl {
  impl(engine& core, server_options o, std::unique_ptr<web_gate> g)
      : options(std::move(o)),
        gate(std::move(g)),
        history(core.options().storage, read_connections),
        changes(core.options().storage, core.options().time),
        shared{core, history, parsers, changes},
        threads(options.threads) {
    shared.version = options.version;
    shared.started_at = core.options().time.now();
  }

  server_options options;
  std::unique_ptr<web_gate> gate;
  storage::reader history;
  parser_pool parsers;
  change_feed changes;
  services shared;
  std::vector<std::unique_ptr<listener>> listeners;
  httplib::ThreadPool threads;
  std::vector<std::thread> acceptors;

  void configure(listener& http) {
    http.new_task_queue = [this] { return new shared_queue(threads); };
    http.set_keep_alive_timeout(keep_alive_seconds);
    http.set_keep_alive_max_count(requests_per_connection);
    http.set_read_timeout(io_timeout_seconds);
    http.set_write_timeout(io_timeout_seconds);
    http.set_payload_max_length(largest_body);
    http.set_error_handler([this](const httplib::Request& request, httplib::Response& response) {
      explain_failure(options.route_prefix, request, response);
    });
    http.set_exception_handler(
        [](const httplib::Request& request, httplib::Response& response, std::exception_ptr thrown) {
          answer_exception(request, response, std::move(thrown));
        });
    for (const auto& e : endpoints()) add(http, e);
    add_redirects(http);
    add_unroutable(http);
    http.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return answer_at_once(request, response) ? httplib::Server::HandlerResponse::Handled
                                               : httplib::Server::HandlerResponse::Unhandled;
    });
  }

  /// What needs no routing: who is not let in, and what the library would misread.
  bool answer_at_once(const httplib::Request& request, httplib::Response& response) {
    if (!gate->admits(request, response)) {
      // Its body stays unread.
      close_after(request);
      return true;
    }
    if (!has_good_length(request)) {
      response.status = 400;
      explain_failure(options.route_prefix, request, response);
      return true;
    }
    if (!lacks_length(request)) return false;
    answer_without_body(request, response);
    return true;
  }

  /// `curl -X PUT` sends neither a body nor its length. That means an empty body
  /// (RFC 9112, 6.3), but cpp-httplib would wait for one until the connection ends.
  void answer_without_body(const httplib::Request& request, httplib::Response& response) {
    auto matched = request;
    for (const auto& e : endpoints()) {
      if (e.method != matched.method) continue;
      if (!std::regex_match(matched.path, matched.matches, std::regex(pattern_of(options.route_prefix, e.path)))) {
        continue;
      }
      return carry_out(e, matched, response);
    }
    answer_unroutable(options.route_prefix, request, response);
  }

  /// As Alertmanager does: a person who leaves the prefix out finds the page all the same.
  void add_redirects(listener& http) {
    const auto& prefix = options.route_prefix;
    if (prefix.empty()) return;
    http.Get("/",
             [&prefix](const httplib::Request&, httplib::Response& response) { response.set_redirect(prefix, 302); });
    http.Get(pattern_of(prefix, ""), [&prefix](const httplib::Request&, httplib::Response& response) {
      response.set_redirect(prefix + "/", 301);
    });
  }

  /// Behind all others: what no endpoint takes. (Not before routing, since then
  /// the body would be left in the connection.)
  void add_unroutable(listener& http) {
    // Not `.*`: a path may hold an escaped line break.
    constexpr const char* any = R"([\s\S]*)";
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      answer_unroutable(options.route_prefix, request, response);
    };
    const auto read_and_answer = [this, answer](const httplib::Request& request, httplib::Response& response,
                                                const httplib::ContentReader& read) {
      if (!read_body(request, response, read)) return explain_failure(options.route_prefix, request, response);
      answer(request, response);
    };
    http.Get(any, answer);
    http.Options(any, answer);
    http.Post(any, read_and_answer);
    http.Put(any, read_and_answer);
    http.Patch(any, read_and_answer);
    http.Delete(any, read_and_answer);
  }

  void carry_out(const endpoint& e, const httplib::Request& request, httplib::Response& response) {
    if (is_v2(e.path) && refuse_accepted_types(request, response)) return;
    // The library hands its own request on, which is not const; a copy would copy the body.
    if (!is_form(request)) const_cast<httplib::Request&>(request).params = read_query(request.target);
    e.handle(shared, request, response);
  }

  /// @param e one of `endpoints()`, which last.
  void add(listener& http, const endpoint& e) {
    const auto pattern = pattern_of(options.route_prefix, e.path);
    if (e.method == "GET") {
      http.Get(pattern, [this, &e](const httplib::Request& request, httplib::Response& response) {
        carry_out(e, request, response);
      });
      return;
    }
    const auto handler = [this, &e](const httplib::Request& request, httplib::Response& response,
                                    const httplib::ContentReader& read) {
      if (!read_body(request, response, read)) return explain_failure(options.route_prefix, request, response);
      carry_out(e, request, response);
    };
    if (e.method == "POST") http.Post(pattern, handler);
    if (e.method == "PUT") http.Put(pattern, handler);
    if (e.method == "DELETE") http.Delete(pattern, handler);
  }

  /// @returns what is wrong, if anything.
  std::optional<failure> listen() {
    for (const auto socket : options.sockets) {
      listeners.push_back(std::make_unique<listener>(*gate));
      if (!listeners.back()->adopt(socket)) return failure{"a socket that systemd has handed over does not listen"};
    }
    if (!options.sockets.empty()) return std::nullopt;
    for (const auto& address : options.listen) {
      listeners.push_back(std::make_unique<listener>(*gate));
      listeners.back()->set_tcp_nodelay(true);
      listeners.back()->set_socket_options(set_socket_up);
      if (!listeners.back()->bind(address)) {
        return failure{"cannot listen on " + config::to_string(address)
                       + ": the address is taken or not ours; choose another with --web.listen-address=HOST:PORT"};
      }
    }
    return std::nullopt;
  }

  void accept_on(listener& http) {
    configure(http);
    acceptors.emplace_back([raw = &http] { raw->listen_after_bind(); });
    // Until the thread is that far, a stop would go unheard and its join would never end.
    while (!http.is_running()) std::this_thread::yield();
  }
};

server::server(std::unique_ptr<impl> i) : impl_(std::move(i)) {}

result<std::unique_ptr<server>> server::start(engine& core, server_options options, std::unique_ptr<web_gate> gate) {
  std::unique_ptr<impl> i;
  try {
    i = std::make_unique<impl>(core, std::move(options), std::move(gate));
  } catch (const std::exception& e) {
    return fail(core.options().storage.file() + ": " + e.what());
  }
  // From here on its destructor ends the threads.
  std::unique_ptr<server> started(new server(std::move(i)));
  if (auto wrong = started->impl_->listen()) return tl::unexpected(*std::move(wrong));
  for (const auto& http : started->impl_->listeners) started->impl_->accept_on(*http);
  started->impl_->shared.ready = true;
  return started;
}

server::~server() {
  impl_->shared.ready = false;
  // Streams would go on for ever.
  impl_->changes.stop();
  // Whoever waits for the end of a clean-up would keep us waiting too.
  caf::anon_send(impl_->shared.core.history(), halt_atom_v);
  for (const auto& http : impl_->listeners) http->stop();
  for (auto& acceptor : impl_->acceptors) acceptor.join();
  impl_->threads.shutdown();
}

std::vector<config::listen_address> server::addresses() const {
  std::vector<config::listen_address> all;
  for (const auto& http : impl_->listeners) all.push_back(http->address());
  return all;
}
std::uint16_t server::port() const noexcept {
  return impl_->listeners.front()->address().port;
}

} // namespace tocsin::http

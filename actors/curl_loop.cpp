#include "actors/curl_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <sys/socket.h>

namespace tocsin {

namespace {

/// A connection must come about within this part of a transfer's timeout.
constexpr int connect_share = 2;

/// Connections that stay open for the next transfer; without a bound a storm's would keep their descriptors.
constexpr long most_kept = 128;

/// As libcurl does it, but it would not tell why there is none: to it that is a receiver that cannot be reached.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  const auto fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0 && (errno == EMFILE || errno == ENFILE)) static_cast<curl_transfer*>(user)->no_descriptor = true;
  return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/// What both kinds have in common, then what is the kind's own.
void prepare(curl_transfer& t) {
  auto* easy = t.easy;
  const auto limit = std::visit([](const auto& kind) { return kind.timeout; }, t.what);
  const auto timeout = static_cast<long>(std::max<duration::rep>(limit.count(), 1));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max(timeout / connect_share, 1L));
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &t);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &t);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t.error);
  std::visit([&t](const auto& kind) { prepare(t, kind); }, t.what);
}

void conclude(curl_transfer& t, CURLcode code) {
  curl_off_t micros = 0;
  curl_easy_getinfo(t.easy, CURLINFO_TOTAL_TIME_T, &micros);
  t.response.took = std::chrono::duration_cast<duration>(std::chrono::microseconds{micros});
  std::visit([&](const auto& kind) { conclude(t, code, kind); }, t.what);
  if (t.no_descriptor && t.response.status == 0) {
    t.response.error = "no file descriptor left for a connection; see ulimit -n";
  }
}

} // namespace

struct curl_loop::impl {
  completion done;
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::vector<std::unique_ptr<curl_transfer>> submitted; ///< guarded by `mutex`
  bool stopping = false;                                 ///< guarded by `mutex`
  std::unordered_map<curl_transfer*, std::unique_ptr<curl_transfer>> running;
  std::thread thread;

  /// Takes over what was submitted. Returns false once the loop is to end.
  bool begin_submitted() {
    std::vector<std::unique_ptr<curl_transfer>> fresh;
    {
      const std::lock_guard lock(mutex);
      if (stopping) return false;
      fresh.swap(submitted);
    }
    for (auto& t : fresh) begin(std::move(t));
    return true;
  }

  void begin(std::unique_ptr<curl_transfer> t) {
    t->easy = curl_easy_init();
    if (t->easy) prepare(*t);
    if (!t->easy || curl_multi_add_handle(multi, t->easy) != CURLM_OK) {
      t->response.error = "out of memory or handles for another transfer";
      done(t->number, std::move(t->response));
      return;
    }
    auto* key = t.get();
    running.emplace(key, std::move(t));
  }

  void collect_finished() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      curl_transfer* t = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
      conclude(*t, message->data.result);
      curl_multi_remove_handle(multi, t->easy);
      auto over = running.extract(t);
      done(t->number, std::move(t->response));
    }
  }

  void run() {
    while (begin_submitted()) {
      int active = 0;
      curl_multi_perform(multi, &active);
      collect_finished();
      constexpr int longest_sleep_ms = 1000;
      curl_multi_poll(multi, nullptr, 0, longest_sleep_ms, nullptr);
    }
    for (auto& [key, t] : running) curl_multi_remove_handle(multi, t->easy);
    running.clear();
  }
};

curl_loop::curl_loop(completion done) : impl_(std::make_unique<impl>()) {
  // Counted inside libcurl, so that more than one loop does no harm.
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
  impl_->done = std::move(done);
  impl_->multi = curl_multi_init();
  if (!impl_->multi) throw std::runtime_error("libcurl cannot make a multi handle");
  curl_multi_setopt(impl_->multi, CURLMOPT_MAXCONNECTS, most_kept);
  impl_->thread = std::thread([this] { impl_->run(); });
}

curl_loop::~curl_loop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  curl_multi_wakeup(impl_->multi);
  impl_->thread.join();
  curl_multi_cleanup(impl_->multi);
}

void curl_loop::submit(std::uint64_t number, outgoing what) {
  auto t = std::make_unique<curl_transfer>();
  t->number = number;
  t->what = std::move(what);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->submitted.push_back(std::move(t));
  }
  curl_multi_wakeup(impl_->multi);
}

} // namespace tocsin

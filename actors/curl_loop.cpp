#include "actors/curl_loop.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

namespace tocsin {

namespace {

/// An answer's body is kept for the history and the verdict only.
constexpr std::size_t max_body = 4096;
/// A connection must come about within this part of a transfer's timeout.
constexpr int connect_share = 2;

/// One request on its way.
struct transfer {
  std::uint64_t number = 0;
  http_request request;
  wire_response response;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  char error[CURL_ERROR_SIZE] = {};

  transfer() = default;
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;
  ~transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& body = static_cast<transfer*>(user)->response.body;
  const auto bytes = size * count;
  body.append(data, std::min(bytes, max_body - std::min(max_body, body.size())));
  return bytes;
}

void apply_options(CURL* easy, const http_options& o) {
  if (!o.proxy_url.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, o.proxy_url.c_str());
  if (!o.basic_username.empty() || !o.basic_password.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, o.basic_username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, o.basic_password.c_str());
  }
  if (!o.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, o.ca_file.c_str());
  if (!o.cert_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, o.cert_file.c_str());
  if (!o.key_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, o.key_file.c_str());
  if (o.insecure_skip_verify) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (o.follow_redirects) {
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 5L);
    // A redirected POST stays a POST: turned into a GET it would lose the notification.
    curl_easy_setopt(easy, CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL));
  }
}

void prepare(transfer& t) {
  auto* easy = t.easy;
  const auto& r = t.request;
  const auto timeout = static_cast<long>(std::max<duration::rep>(r.timeout.count(), 1));
  curl_easy_setopt(easy, CURLOPT_URL, r.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max(timeout / connect_share, 1L));
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(r.body.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &t);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &t);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t.error);
  apply_options(easy, r.options);
  auto add = [&t](const std::string& line) {
    if (auto* longer = curl_slist_append(t.headers, line.c_str())) t.headers = longer;
  };
  for (const auto& [name, value] : r.headers) add(name + ": " + value);
  if (!r.options.authorization_credentials.empty()) {
    add("Authorization: " + r.options.authorization_type + " " + r.options.authorization_credentials);
  }
  // Waiting for "100 Continue" would cost a second with receivers that do not know it.
  add("Expect:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t.headers);
}

/// Reads what is known once a transfer is over.
void conclude(transfer& t, CURLcode code) {
  auto& r = t.response;
  curl_off_t micros = 0;
  curl_easy_getinfo(t.easy, CURLINFO_TOTAL_TIME_T, &micros);
  r.took = std::chrono::duration_cast<duration>(std::chrono::microseconds{micros});
  if (code != CURLE_OK) {
    // Also an answer that broke off: its status cannot be relied on.
    r.error = t.error[0] != '\0' ? t.error : curl_easy_strerror(code);
    return;
  }
  long status = 0;
  curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
  r.status = static_cast<std::int32_t>(status);
  curl_off_t wait = 0;
  curl_easy_getinfo(t.easy, CURLINFO_RETRY_AFTER, &wait);
  if (wait > 0) r.retry_after = std::chrono::seconds{wait};
}

} // namespace

struct curl_loop::impl {
  completion done;
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::vector<std::unique_ptr<transfer>> submitted; ///< guarded by `mutex`
  bool stopping = false;                            ///< guarded by `mutex`
  std::unordered_map<transfer*, std::unique_ptr<transfer>> running;
  std::thread thread;

  /// Takes over what was submitted. Returns false once the loop is to end.
  bool begin_submitted() {
    std::vector<std::unique_ptr<transfer>> fresh;
    {
      const std::lock_guard lock(mutex);
      if (stopping) return false;
      fresh.swap(submitted);
    }
    for (auto& t : fresh) begin(std::move(t));
    return true;
  }

  void begin(std::unique_ptr<transfer> t) {
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
      transfer* t = nullptr;
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

void curl_loop::submit(std::uint64_t number, http_request request) {
  auto t = std::make_unique<transfer>();
  t->number = number;
  t->request = std::move(request);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->submitted.push_back(std::move(t));
  }
  curl_multi_wakeup(impl_->multi);
}

} // namespace tocsin

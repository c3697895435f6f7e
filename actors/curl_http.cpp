#include <algorithm>
#include <chrono>
#include <string>

#include "actors/curl_tls.hpp"
#include "actors/curl_transfer.hpp"

// An HTTP request by way of libcurl.
namespace tocsin {

namespace {

/// An answer's body is kept for the history and the verdict only.
constexpr std::size_t max_body = 4096;

/// And no more than this of it is read: an answer without end must not keep the thread busy. Headers
/// without end libcurl refuses itself, at 300 KiB.
constexpr std::size_t most_read = 65536;

/// What a Retry-After header may say; far beyond what is ever waited, and no duration overflows with it.
constexpr curl_off_t most_wait_seconds = 366 * 86400;

/// Returning less than came ends the transfer.
std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& t = *static_cast<curl_transfer*>(user);
  auto& body = t.response.body;
  const auto bytes = size * count;
  body.append(data, std::min(bytes, max_body - std::min(max_body, body.size())));
  t.body_bytes += bytes;
  t.body_cut = t.body_bytes > most_read;
  return t.body_cut ? 0 : bytes;
}

void apply_options(CURL* easy, const http_options& o) {
  // Empty: none, where libcurl would look into the environment.
  if (!o.proxy_from_environment) curl_easy_setopt(easy, CURLOPT_PROXY, o.proxy_url.c_str());
  if (!o.no_proxy.empty()) curl_easy_setopt(easy, CURLOPT_NOPROXY, o.no_proxy.c_str());
  if (!o.basic_username.empty() || !o.basic_password.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, o.basic_username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, o.basic_password.c_str());
  }
  apply_tls(easy, o.tls);
  if (o.follow_redirects) {
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 5L);
    // A redirected POST stays a POST: turned into a GET it would lose the notification.
    curl_easy_setopt(easy, CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL));
  }
}

} // namespace

void prepare(curl_transfer& t, const http_request& r) {
  auto* easy = t.easy;
  curl_easy_setopt(easy, CURLOPT_URL, r.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(r.body.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &t);
  apply_options(easy, r.options);
  for (const auto& [name, value] : r.headers) t.append(name + ": " + value);
  for (const auto& [name, value] : r.options.headers) t.append(name + ": " + value);
  if (!r.options.authorization_credentials.empty()) {
    t.append("Authorization: " + r.options.authorization_type + " " + r.options.authorization_credentials);
  }
  // Waiting for "100 Continue" would cost a second with receivers that do not know it.
  t.append("Expect:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t.list);
}

void conclude(curl_transfer& t, CURLcode code, const http_request&) {
  auto& r = t.response;
  if (code == CURLE_OUT_OF_MEMORY) {
    // What libcurl also says of a line of more than 100 KiB.
    r.error = "a header line of the answer does not end, or memory ran out";
    return;
  }
  // A body that was long enough says as much as a whole one.
  if (code != CURLE_OK && !t.body_cut) {
    // Also an answer that broke off: its status cannot be relied on.
    r.error = t.error[0] != '\0' ? t.error : curl_easy_strerror(code);
    return;
  }
  long status = 0;
  curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
  r.status = static_cast<std::int32_t>(status);
  curl_off_t wait = 0;
  curl_easy_getinfo(t.easy, CURLINFO_RETRY_AFTER, &wait);
  if (wait > 0) r.retry_after = std::chrono::seconds{std::min(wait, most_wait_seconds)};
}

} // namespace tocsin

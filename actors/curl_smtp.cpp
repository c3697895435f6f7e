#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "actors/curl_tls.hpp"
#include "actors/curl_transfer.hpp"

// A mail by way of libcurl.
namespace tocsin {

namespace {

std::size_t give_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& t = *static_cast<curl_transfer*>(user);
  const auto& body = std::get<smtp_message>(t.what).body;
  const auto bytes = std::min(size * count, body.size() - t.uploaded);
  std::memcpy(data, body.data() + t.uploaded, bytes);
  t.uploaded += bytes;
  return bytes;
}

/// How long a server may take to say good-bye: the mail is delivered or refused by then, and
/// libcurl waits in place.
constexpr long quit_patience_seconds = 2;

int overhear(CURL* easy, curl_infotype what, char* data, std::size_t size, void* user) {
  auto& transcript = static_cast<curl_transfer*>(user)->transcript;
  const std::string_view text(data, size);
  if (what == CURLINFO_HEADER_OUT) {
    transcript.sent(text);
    if (text.starts_with("QUIT")) curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, quit_patience_seconds);
  } else if (what == CURLINFO_HEADER_IN) {
    transcript.received(text);
  }
  return 0;
}

/// The greeting is the path of libcurl's URL.
std::string url_of(CURL* easy, const smtp_server& s) {
  std::string url = s.implicit_tls ? "smtps://" : "smtp://";
  url.append(s.host).append(":").append(std::to_string(s.port)).append("/");
  if (auto* hello = curl_easy_escape(easy, s.hello.c_str(), static_cast<int>(s.hello.size()))) {
    url += hello;
    curl_free(hello);
  }
  return url;
}

void apply_server(CURL* easy, const smtp_server& s) {
  curl_easy_setopt(easy, CURLOPT_URL, url_of(easy, s).c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(s.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!s.username.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, s.username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, s.password.c_str());
    curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
    if (!s.identity.empty()) curl_easy_setopt(easy, CURLOPT_SASL_AUTHZID, s.identity.c_str());
  }
  // Mail goes to its server whatever the environment says of proxies.
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  apply_tls(easy, s.tls);
}

} // namespace

void prepare(curl_transfer& t, const smtp_message& message) {
  auto* easy = t.easy;
  apply_server(easy, message.server);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, message.from.c_str());
  for (const auto& to : message.to) t.append(to);
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, t.list);
  // One wrong address must not keep the mail from the others.
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.body.size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(easy, CURLOPT_READDATA, &t);
  // libcurl reports the last reply's code only; what was said tells who was refused, and why.
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, overhear);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, &t);
  // Each session ends with its mail: a kept one would have to be probed before the next.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

void conclude(curl_transfer& t, CURLcode code, const smtp_message& message) {
  constexpr std::int32_t first_failure = 400;
  auto& r = t.response;
  const auto& said = t.transcript;
  r.body = said.text();
  r.recipients = said.replies_to(message.to);
  if (code == CURLE_OK || said.code() >= first_failure) {
    r.status = said.code();
    return;
  }
  // After the last line of a mail a lost answer leaves it open whether the mail was taken.
  r.error = t.error[0] != '\0' ? t.error : curl_easy_strerror(code);
}

} // namespace tocsin

#include "actors/curl_tls.hpp"

#include <string_view>

namespace tocsin {

namespace {

void set_blob(CURL* easy, CURLoption option, const std::string& text) {
  if (text.empty()) return;
  curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

void set_file(CURL* easy, CURLoption option, const std::string& file) {
  if (!file.empty()) curl_easy_setopt(easy, option, file.c_str());
}

long least(std::string_view version) {
  return version == "TLS10"   ? CURL_SSLVERSION_TLSv1_0
         : version == "TLS11" ? CURL_SSLVERSION_TLSv1_1
         : version == "TLS12" ? CURL_SSLVERSION_TLSv1_2
         : version == "TLS13" ? CURL_SSLVERSION_TLSv1_3
                              : CURL_SSLVERSION_DEFAULT;
}

long most(std::string_view version) {
  return version == "TLS10"   ? CURL_SSLVERSION_MAX_TLSv1_0
         : version == "TLS11" ? CURL_SSLVERSION_MAX_TLSv1_1
         : version == "TLS12" ? CURL_SSLVERSION_MAX_TLSv1_2
         : version == "TLS13" ? CURL_SSLVERSION_MAX_TLSv1_3
                              : CURL_SSLVERSION_MAX_NONE;
}

} // namespace

void apply_tls(CURL* easy, const tls_options& o) {
  set_file(easy, CURLOPT_CAINFO, o.ca_file);
  set_blob(easy, CURLOPT_CAINFO_BLOB, o.ca);
  // Whom the system trusts does not count beside them; libcurl would look there too.
  if (!o.ca_file.empty() || !o.ca.empty()) curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  set_file(easy, CURLOPT_SSLCERT, o.cert_file);
  set_blob(easy, CURLOPT_SSLCERT_BLOB, o.cert);
  set_file(easy, CURLOPT_SSLKEY, o.key_file);
  set_blob(easy, CURLOPT_SSLKEY_BLOB, o.key);
  if (!o.min_version.empty() || !o.max_version.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, least(o.min_version) | most(o.max_version));
  }
  if (o.insecure_skip_verify) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

} // namespace tocsin

#include "http/tls_context.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "http/openssl_handles.hpp"

namespace tocsin::http {

namespace {

bio_ptr reader_of(const std::string& text) {
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// OpenSSL's own word for what went wrong, which never quotes the text.
std::string reason() {
  const auto code = ERR_get_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return text == nullptr ? std::string() : std::string(" (") + text + ")";
}

/// Keys with a pass phrase are refused; without this OpenSSL would ask for it on the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

std::vector<x509_ptr> certificates_in(const std::string& text) {
  std::vector<x509_ptr> all;
  const auto in = reader_of(text);
  while (x509_ptr one{PEM_read_bio_X509(in.get(), nullptr, no_pass_phrase, nullptr)}) all.push_back(std::move(one));
  ERR_clear_error();
  return all;
}

result<void> use_certificate(SSL_CTX* context, const config::web_tls& settings) {
  const auto chain = certificates_in(settings.certificate.text);
  const auto& where = settings.certificate.where;
  if (chain.empty()) return fail(where + "expected a certificate in PEM, and behind it those of who signed it");
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return fail(where + "OpenSSL does not take this certificate" + reason());
  }
  for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context, chain[i].get());

  const auto in = reader_of(settings.key.text);
  const key_ptr key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) return fail(settings.key.where + "expected a key in PEM without a pass phrase" + reason());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return fail(settings.key.where + "this is not the key of the certificate" + reason());
  }
  return {};
}

int take_any_certificate(X509_STORE_CTX*, void*) {
  return 1;
}

result<void> ask_for_client(SSL_CTX* context, const config::web_tls& settings) {
  using config::client_certificate;
  const auto wish = settings.client;
  if (wish == client_certificate::not_asked) return {};
  int mode = SSL_VERIFY_PEER;
  if (wish == client_certificate::required || wish == client_certificate::verified) {
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  SSL_CTX_set_verify(context, mode, nullptr);
  if (wish == client_certificate::asked || wish == client_certificate::required) {
    SSL_CTX_set_cert_verify_callback(context, take_any_certificate, nullptr);
    return {};
  }
  const auto authorities = certificates_in(settings.client_ca->text);
  if (authorities.empty()) return fail(settings.client_ca->where + "expected certificates in PEM");
  for (const auto& one : authorities) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get());
    SSL_CTX_add_client_CA(context, one.get());
  }
  return {};
}

int version_of(std::string_view word) {
  return word == "TLS10"   ? TLS1_VERSION
         : word == "TLS11" ? TLS1_1_VERSION
         : word == "TLS12" ? TLS1_2_VERSION
                           : TLS1_3_VERSION;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : ":").append(name);
  return out;
}

/// Only HTTP/1.1 is spoken. A client that does not offer it is served all the same, as servers do.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr std::string_view spoken("\x08http/1.1");
  unsigned char* chosen = nullptr;
  const auto found = SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(spoken.data()),
                                           static_cast<unsigned int>(spoken.size()), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

result<void> choose_algorithms(SSL_CTX* context, const config::web_tls& settings) {
  const auto& where = settings.certificate.where;
  SSL_CTX_set_min_proto_version(context, version_of(settings.min_version));
  SSL_CTX_set_max_proto_version(context, version_of(settings.max_version));
  // OpenSSL 3 refuses TLS 1.1 and older at its usual security level.
  if (settings.min_version < "TLS12") SSL_CTX_set_security_level(context, 0);
  if (settings.prefer_server_ciphers) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (!settings.ciphers.empty() && SSL_CTX_set_cipher_list(context, joined(settings.ciphers).c_str()) != 1) {
    return fail(where + "OpenSSL has none of the cipher_suites" + reason());
  }
  if (!settings.tls13_ciphers.empty()
      && SSL_CTX_set_ciphersuites(context, joined(settings.tls13_ciphers).c_str()) != 1) {
    return fail(where + "OpenSSL has none of the cipher_suites of TLS 1.3" + reason());
  }
  if (!settings.curves.empty() && SSL_CTX_set1_groups_list(context, joined(settings.curves).c_str()) != 1) {
    return fail(where + "OpenSSL has not all of the curve_preferences" + reason());
  }
  return {};
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_of(const ASN1_OCTET_STRING* octets) {
  char text[INET6_ADDRSTRLEN] = {};
  const auto family = ASN1_STRING_length(octets) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(octets) != 16) return {};
  return inet_ntop(family, ASN1_STRING_get0_data(octets), text, sizeof text) == nullptr ? std::string() : text;
}

} // namespace

result<tls_context_ptr> make_tls_context(const config::web_tls& settings) {
  ERR_clear_error();
  tls_context_ptr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return fail("OpenSSL cannot serve TLS" + reason());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  // A client with a certificate may only take its session up again in the same context.
  constexpr std::string_view session_id = "tocsin";
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>(session_id.data()),
                                 static_cast<unsigned int>(session_id.size()));
  for (const auto step : {use_certificate, ask_for_client, choose_algorithms}) {
    if (auto done = step(context.get(), settings); !done) return tl::unexpected(done.error());
  }
  return context;
}

bool has_allowed_name(const SSL* connection, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return true;
  const x509_ptr certificate(SSL_get1_peer_certificate(connection));
  if (!certificate) return false;
  const names_ptr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    const auto text = name->type == GEN_IPADD ? address_of(name->d.iPAddress)
                      : name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI ? text_of(name->d.ia5)
                                                                                                  : std::string();
    if (!text.empty() && std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return true;
  }
  return false;
}

} // namespace tocsin::http

#include "tests/e2e/certificate.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "http/openssl_handles.hpp"

namespace tocsin::e2e {

namespace {

void expect(bool good) {
  if (!good) throw std::runtime_error("OpenSSL cannot make a certificate");
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* x, int nid, const char* text) {
  std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, text));
  expect(extension && X509_add_ext(x, extension.get(), -1) == 1);
}

} // namespace

certificate make_certificate(const certificate_wish& wish) {
  const key_ptr key(EVP_EC_gen("P-256"));
  const x509_ptr x(X509_new());
  expect(key && x);
  constexpr long version_3 = 2;
  constexpr long two_hours = 7200;
  X509_set_version(x.get(), version_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -two_hours);
  X509_gmtime_adj(X509_getm_notAfter(x.get()), static_cast<long>(wish.valid_for.count()));
  X509_set_pubkey(x.get(), key.get());
  auto* name = X509_get_subject_name(x.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(wish.address.c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(x.get(), name);
  add_extension(x.get(), NID_subject_alt_name, ("IP:" + wish.address).c_str());
  add_extension(x.get(), NID_basic_constraints, "critical,CA:TRUE");
  expect(X509_sign(x.get(), key.get(), EVP_sha256()) > 0);

  const bio_ptr key_text(BIO_new(BIO_s_mem()));
  const bio_ptr chain_text(BIO_new(BIO_s_mem()));
  expect(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  expect(PEM_write_bio_X509(chain_text.get(), x.get()) == 1);
  return {text_of(key_text.get()), text_of(chain_text.get())};
}

} // namespace tocsin::e2e

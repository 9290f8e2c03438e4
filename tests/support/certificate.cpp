#include "tests/support/certificate.hpp"

#include "tests/support/temp_dir.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace cavea::test {

namespace {

constexpr long day_seconds = 24 * 3600;

template <class T>
T* made(T* object) {
  if (object == nullptr) throw std::runtime_error("OpenSSL could not make a certificate");
  return object;
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

void extend(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  auto* extension = made(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string text_in(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

CertificateFiles make_certificate(
    const TempDir& folder, const std::string& name, const std::string& subject) {
  const Key key(made(EVP_EC_gen("P-256")), EVP_PKEY_free);
  const Certificate certificate(made(X509_new()), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), day_seconds);
  X509_set_pubkey(certificate.get(), key.get());
  auto* title = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(
      title, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), title);
  extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate.get(), NID_subject_alt_name, subject);
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    throw std::runtime_error("OpenSSL could not sign a certificate");
  }

  const Bio certificate_text(made(BIO_new(BIO_s_mem())), BIO_free);
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  const Bio key_text(made(BIO_new(BIO_s_mem())), BIO_free);
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {
      .certificate = folder.write(name + ".pem", text_in(certificate_text.get())),
      .key = folder.write(name + ".key", text_in(key_text.get()))};
}

}  // namespace cavea::test

#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "http/server/server.hpp"

namespace orrery {

/// A key and a certificate of its own for "localhost", in a folder that goes with it.
class SelfSigned {
 public:
  SelfSigned() {
    std::string pattern = std::filesystem::temp_directory_path() / "orrery-tls-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    files_ = {folder_ / "certificate.pem", folder_ / "key.pem"};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    write(files_.certificate_file, [&](FILE* file) { PEM_write_X509(file, certificate.get()); });
    write(files_.key_file, [&](FILE* file) {
      PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~SelfSigned() { std::filesystem::remove_all(folder_); }
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;

  const TlsFiles& files() const { return files_; }

 private:
  template <class Writer>
  static void write(const std::string& path, Writer writer) {
    auto* file = std::fopen(path.c_str(), "w");
    writer(file);
    std::fclose(file);
  }

  std::filesystem::path folder_;
  TlsFiles files_;
};

}  // namespace orrery

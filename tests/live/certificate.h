// A certificate of one's own, for servers that speak TLS.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/check.h"

namespace delta::test {

template <class Type, void (*kFree)(Type*)>
struct Freed {
  void operator()(Type* pointer) const { kFree(pointer); }
};
template <class Type, void (*kFree)(Type*)>
using Owned = std::unique_ptr<Type, Freed<Type, kFree>>;

/// For an address only, signed by itself, for an hour; with the files that programs read.
class Certificate {
 public:
  explicit Certificate(const char* address) : key_(EVP_EC_gen("P-256")), x509_(X509_new()) {
    sign_for(address);
    FILE* file = fopen(file_.c_str(), "w");
    CHECK(file != nullptr && PEM_write_X509(file, x509_.get()) == 1);
    fclose(file);
    file = fopen(key_file_.c_str(), "w");
    CHECK(file != nullptr &&
          PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    fclose(file);
  }
  ~Certificate() {
    std::filesystem::remove(file_);
    std::filesystem::remove(key_file_);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  X509* x509() const { return x509_.get(); }
  EVP_PKEY* key() const { return key_.get(); }
  /// PEM.
  const std::string& file() const { return file_; }
  const std::string& key_file() const { return key_file_; }

 private:
  void sign_for(const char* address) {
    X509* x509 = x509_.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key_.get());
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    const std::string names = std::string("IP:") + address;
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    CHECK(extension != nullptr && X509_add_ext(x509, extension, -1) == 1);
    X509_EXTENSION_free(extension);
    CHECK(X509_sign(x509, key_.get(), EVP_sha256()) > 0);
  }

  Owned<EVP_PKEY, EVP_PKEY_free> key_;
  Owned<X509, X509_free> x509_;
  const std::string file_ = std::filesystem::temp_directory_path().string() + "/certificate." +
                            std::to_string(getpid()) + ".pem";
  const std::string key_file_ = file_ + ".key";
};

}  // namespace delta::test

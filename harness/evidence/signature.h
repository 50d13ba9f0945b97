// Signatures over a manifest: Ed25519, by OpenSSL. What is signed is the hash in one line of the
// manifest, as its 64 hexadecimal digits, so that `openssl pkeyutl` can check it too.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/evidence/manifest.h"

namespace aftershock::evidence {

struct KeyRelease {
  void operator()(void* key) const;
};
using KeyHandle = std::unique_ptr<void, KeyRelease>;  ///< of OpenSSL's EVP_PKEY

class PublicKey {
 public:
  explicit PublicKey(KeyHandle key);

  /// PEM. The errors of both say what was expected.
  static std::expected<PublicKey, std::string> parse(std::string_view pem);
  static std::expected<PublicKey, std::string> read(const std::string& path);

  const std::string& pem() const { return pem_; }  ///< as `openssl pkey -pubout` writes it
  /// SHA-256 of the key as `openssl pkey -pubin -outform DER` writes it.
  const std::string& fingerprint() const { return fingerprint_; }
  bool verifies(std::string_view text, std::string_view signature) const;

 private:
  KeyHandle key_;
  std::string pem_, fingerprint_;
};

class SigningKey {
 public:
  explicit SigningKey(KeyHandle key) : key_(std::move(key)) {}
  /// PEM without a passphrase, as `openssl genpkey -algorithm ed25519` makes it.
  static std::expected<SigningKey, std::string> read(const std::string& path);

  std::string sign(std::string_view text) const;
  PublicKey public_key() const;

 private:
  KeyHandle key_;
};

/// A line of manifest.sig.
struct Signature {
  std::uint64_t line = 0;  ///< of the manifest: it stands for all up to this one
  std::string hash;        ///< that line's
  std::string key;         ///< the fingerprint
  std::string signature;   ///< bytes
};

std::string signature_line(const Signature& signature);
/// Strict, as parse_manifest() is.
std::expected<std::vector<Signature>, Flaw> parse_signatures(std::string_view text);

}  // namespace aftershock::evidence

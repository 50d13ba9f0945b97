#include "harness/evidence/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/sha256.h"
#include "harness/evidence/names.h"
#include "harness/scenario/text.h"
#include "reports/text.h"

namespace aftershock::evidence {
namespace {

using Json = nlohmann::ordered_json;

template <auto kFree>
struct Free {
  template <class Value>
  void operator()(Value* value) const {
    kFree(value);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Digester = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

EVP_PKEY* key_of(const KeyHandle& handle) { return static_cast<EVP_PKEY*>(handle.get()); }

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Bio reader_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string content_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

/// Nobody is asked for a passphrase: a command must not wait for a person.
int no_passphrase(char*, int, int, void*) { return 0; }

bool is_ed25519(const KeyHandle& key) {
  return key != nullptr && EVP_PKEY_is_a(key_of(key), "ED25519") == 1;
}

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);
  EVP_EncodeBlock(text.data(), bytes_of(bytes), static_cast<int>(bytes.size()));
  return {text.begin(), text.end() - 1};
}

/// Of what base64() wrote; else something that base64() does not make that text of.
std::string from_base64(std::string_view text) {
  std::vector<unsigned char> bytes(text.size() / 4 * 3 + 1);
  const int size = EVP_DecodeBlock(bytes.data(), bytes_of(text), static_cast<int>(text.size()));
  const std::ptrdiff_t padding = std::ranges::count(text, '=');
  if (size < padding) return {};
  return {bytes.begin(), bytes.begin() + size - padding};
}

constexpr const char* kPublic =
    "Ed25519 public key in PEM, as 'openssl pkey -in KEY.pem -pubout' writes it";
constexpr const char* kPrivate =
    "Ed25519 private key in PEM without a passphrase; "
    "'openssl genpkey -algorithm ed25519' makes one";

std::unexpected<std::string> bad_key(const std::string& path, const std::string& what) {
  return std::unexpected("'" + one_line(path) + "' is no " + what);
}

std::expected<std::string, std::string> read_pem(const std::string& path, const char* what) {
  auto text = read_text(path);
  if (text) return *std::move(text);
  const Diagnostic& why = text.error();
  if (why.line > 0) return bad_key(path, what);  // it is no text at all
  return std::unexpected("'" + one_line(path) + "': " + why.message);
}

}  // namespace

void KeyRelease::operator()(void* key) const { EVP_PKEY_free(static_cast<EVP_PKEY*>(key)); }

PublicKey::PublicKey(KeyHandle key) : key_(std::move(key)) {
  const Bio pem(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PUBKEY(pem.get(), key_of(key_)) == 1);
  pem_ = content_of(pem);
  const Bio der(BIO_new(BIO_s_mem()));
  CHECK(i2d_PUBKEY_bio(der.get(), key_of(key_)) == 1);
  fingerprint_ = delta::to_string(delta::sha256(content_of(der)));
}

std::expected<PublicKey, std::string> PublicKey::parse(std::string_view pem) {
  KeyHandle key(PEM_read_bio_PUBKEY(reader_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (!is_ed25519(key)) return std::unexpected("it is no Ed25519 public key in PEM");
  return PublicKey(std::move(key));
}

std::expected<PublicKey, std::string> PublicKey::read(const std::string& path) {
  const auto text = read_pem(path, kPublic);
  if (!text) return std::unexpected(text.error());
  auto key = parse(*text);
  if (!key) return bad_key(path, kPublic);
  return key;
}

bool PublicKey::verifies(std::string_view text, std::string_view signature) const {
  const Digester digester(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(digester.get(), nullptr, nullptr, nullptr, key_of(key_)) == 1 &&
         EVP_DigestVerify(digester.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

std::expected<SigningKey, std::string> SigningKey::read(const std::string& path) {
  const auto text = read_pem(path, kPrivate);
  if (!text) return std::unexpected(text.error());
  KeyHandle key(PEM_read_bio_PrivateKey(reader_of(*text).get(), nullptr, no_passphrase, nullptr));
  if (!is_ed25519(key)) return bad_key(path, kPrivate);
  return SigningKey(std::move(key));
}

std::string SigningKey::sign(std::string_view text) const {
  const Digester digester(EVP_MD_CTX_new());
  CHECK(EVP_DigestSignInit(digester.get(), nullptr, nullptr, nullptr, key_of(key_)) == 1);
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  CHECK(EVP_DigestSign(digester.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(text), text.size()) == 1);
  signature.resize(size);
  return signature;
}

PublicKey SigningKey::public_key() const {
  CHECK(EVP_PKEY_up_ref(key_of(key_)) == 1);
  return PublicKey(KeyHandle(key_of(key_)));
}

std::string signature_line(const Signature& signature) {
  return Json{{"line", signature.line},
              {"hash", signature.hash},
              {"key", signature.key},
              {"signature", base64(signature.signature)}}
             .dump() +
         "\n";
}

std::expected<std::vector<Signature>, Flaw> parse_signatures(std::string_view text) {
  std::vector<Signature> signatures;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    const Json json = Json::parse(line, nullptr, false);
    Signature read;
    try {
      read = {json.at("line").get<std::uint64_t>(), json.at("hash").get<std::string>(),
              json.at("key").get<std::string>(),
              from_base64(json.at("signature").get<std::string>())};
    } catch (const Json::exception&) {
      read = {};
    }
    if (!is_sha256(read.key) || !is_sha256(read.hash) || signature_line(read) != line) {
      return std::unexpected(Flaw{"the line is not written as a signature's line is",
                                  std::string(kSignatureName), signatures.size() + 1});
    }
    signatures.push_back(std::move(read));
  }
  return signatures;
}

}  // namespace aftershock::evidence

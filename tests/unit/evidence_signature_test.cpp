// Signatures over a manifest, against the vectors of RFC 8032.
#include "harness/evidence/signature.h"

#include <gmock/gmock.h>

#include "tests/unit/evidence_fixture.h"

namespace aftershock::evidence {
namespace {

using testing::HasSubstr;

constexpr const char* kPublicPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (; hex.size() >= 2; hex.remove_prefix(2)) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(0, 2)), nullptr, 16));
  }
  return bytes;
}

/// Of the text "r", by test 2 of section 7.1.
std::string known_signature() {
  return bytes_of(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

using EvidenceSignature = EvidenceTest;

TEST_F(EvidenceSignature, IsThatOfTheStandard) {
  EXPECT_EQ(key().sign("r"), known_signature());
  EXPECT_EQ(key().public_key().pem(), kPublicPem);
  const auto parsed = PublicKey::parse(kPublicPem);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->fingerprint(), key().public_key().fingerprint());
  EXPECT_TRUE(parsed->verifies("r", known_signature()));
}

TEST_F(EvidenceSignature, AnyBitOfItCounts) {
  const PublicKey known = key().public_key();
  EXPECT_FALSE(known.verifies("s", known_signature()));
  EXPECT_FALSE(known.verifies("r", ""));
  for (std::size_t at = 0; at < 64; ++at) {
    std::string changed = known_signature();
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(known.verifies("r", changed)) << at;
  }
}

TEST_F(EvidenceSignature, WhatIsNoKeyIsSaidToBeNone) {
  const auto read = [this](const std::string& text) {
    put(folder_ / "other.pem", text);
    return SigningKey::read((folder_ / "other.pem").string());
  };
  EXPECT_THAT(read("nonsense").error(), HasSubstr("openssl genpkey"));
  EXPECT_THAT(read(kPublicPem).error(), HasSubstr("openssl genpkey"));
  EXPECT_THAT(read("\xff\xfe").error(), HasSubstr("openssl genpkey"));
  const std::string missing = (folder_ / "missing.pem").string();
  EXPECT_EQ(SigningKey::read(missing).error(), "'" + missing + "': no such file");
  EXPECT_EQ(PublicKey::read(missing).error(), "'" + missing + "': no such file");
  EXPECT_EQ(SigningKey::read(folder_.string()).error(),
            "'" + folder_.string() + "': not a regular file");
  EXPECT_THAT(PublicKey::read((folder_ / "key.pem").string()).error(), HasSubstr("openssl pkey"));
  EXPECT_FALSE(PublicKey::parse(""));
}

TEST_F(EvidenceSignature, LinesAreReadToTheByte) {
  const std::string text =
      signature_line({6, std::string(64, 'a'), std::string(64, 'b'), known_signature()}) +
      signature_line({9, std::string(64, 'c'), std::string(64, 'b'), "x"});
  const auto read = parse_signatures(text);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->front().signature, known_signature());
  EXPECT_EQ(read->back().line, 9U);
  for (std::size_t size = 1; size < text.size(); ++size) {
    const auto cut = parse_signatures(text.substr(0, size));
    EXPECT_TRUE(!cut || cut->size() == 1) << size;
  }
  EXPECT_FALSE(parse_signatures("\n"));
  EXPECT_FALSE(parse_signatures("{}\n"));
  EXPECT_FALSE(parse_signatures("[1]\n"));
}

}  // namespace
}  // namespace aftershock::evidence

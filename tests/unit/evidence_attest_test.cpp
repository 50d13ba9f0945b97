// What people say of an exercise: read strictly, put into a bundle, and what was stays on record.
#include "harness/evidence/attestation.h"

#include <gmock/gmock.h>

#include "harness/evidence/files.h"
#include "harness/evidence/names.h"
#include "reports/audit.h"
#include "reports/json.h"
#include "tests/unit/evidence_fixture.h"

namespace aftershock::evidence {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class EvidenceAttest : public EvidenceTest {
 protected:
  std::expected<AttestationReport, std::vector<Diagnostic>> loaded(const std::string& text) const {
    put(folder_ / "said.yaml", text);
    return load_attestation((folder_ / "said.yaml").string());
  }
  std::string errors(const std::string& text) const {
    const auto read = loaded(text);
    return read ? "" : format_diagnostics(read.error());
  }
  Report report() const { return read_report(content_of(fs::path(bundle()) / "report.json")); }
};

AttestationReport with_plan(const std::string& plan) {
  AttestationReport said;
  said.plan = plan;
  return said;
}

/// The template with every line taken, and the examples' times.
std::string filled_template() {
  std::string text;
  std::istringstream lines(attestation_template());
  for (std::string line; std::getline(lines, line);) {
    const bool comment = line.starts_with("# ") && !line.starts_with("#  ");
    if (comment || line.empty()) continue;
    line.erase(0, 1);
    const bool day = line.starts_with("objectives_set_on") || line.starts_with("approved_on") ||
                     line.starts_with("attested_on") || line.starts_with("    due") ||
                     line.starts_with("    retest");
    const bool list = line == "participants:" || line == "deviations:" || line == "findings:" ||
                      line == "notices:";
    const std::string key = line.substr(0, line.find(':') + 1);
    if (day) line = key + " 2026-12-24";
    if (line.starts_with("  - at")) line = key + " 2026-11-28T09:01:00Z";
    if (!day && !list && !line.starts_with("  - at")) line = key + " words";
    text += line + "\n";
  }
  return text;
}

TEST_F(EvidenceAttest, TheTemplateAsksForEveryBlankAndFillsNone) {
  const std::string text = attestation_template();
  for (const Blank& blank : blanks_of({})) {
    EXPECT_THAT(text, HasSubstr("# " + std::string(blank.asks) + "\n#" + std::string(blank.key)));
  }
  const auto read = loaded(filled_template());
  ASSERT_TRUE(read) << format_diagnostics(read.error());
  for (const Blank& blank : blanks_of({.attestation = *read})) {
    EXPECT_TRUE(blank.filled) << blank.key;
  }
  EXPECT_FALSE(is_draft({.tool_version = "", .drills = {}, .occasion = {.attestation = *read}}));
}

TEST_F(EvidenceAttest, ReadsWhatPeopleWrote) {
  const auto read = loaded(
      "plan: Delta CI recovery plan\n"
      "participants:\n  - name: Ada Example\n    role: Commander\n"
      "deviations:\n  - deviation: One runner was replaced before.\n"
      "findings:\n  - finding: none\n"
      "notices:\n  - at: 2026-11-28T09:01:00Z\n    severity: high\n    recipients: All\n"
      "    channel: e-mail\n    message: It begins\n");
  ASSERT_TRUE(read) << format_diagnostics(read.error());
  EXPECT_EQ(read->plan, "Delta CI recovery plan");
  EXPECT_EQ(read->participants.at(0).role, "Commander");
  EXPECT_EQ(read->deviations.at(0), "One runner was replaced before.");
  EXPECT_EQ(read->findings.at(0).owner, "");
  EXPECT_EQ(read->notices.at(0).channel, "e-mail");
}

TEST_F(EvidenceAttest, MistakesAreNamedWithTheirPlace) {
  EXPECT_THAT(errors("plan: a\naproved_by: b\n"),
              testing::AllOf(HasSubstr("said.yaml:2:1: error: unknown key 'aproved_by' in the "
                                       "attestation"),
                             HasSubstr("approved_by")));
  EXPECT_THAT(errors("approved_on: 2026-02-30\n"), HasSubstr("said.yaml:1:14: error"));
  EXPECT_THAT(errors("approved_on: yesterday\n"), HasSubstr("write it as 2026-12-24"));
  EXPECT_THAT(errors("approved_on: 2026-1-2\n"), HasSubstr("is no day"));
  EXPECT_THAT(errors("findings:\n  - finding: slow\n    due: 24.12.2026\n"),
              HasSubstr("said.yaml:3:10: error"));
  EXPECT_THAT(errors("notices:\n  - at: 2026-11-28\n    severity: high\n    recipients: All\n"
                     "    channel: e-mail\n    message: It begins\n"),
              HasSubstr("is no moment of UTC"));
  EXPECT_THAT(errors("participants:\n  - name: Ada\n"), HasSubstr("role"));
  EXPECT_THAT(errors("plan: a\nplan: b\n"), HasSubstr("said.yaml:2:1: error"));
  EXPECT_THAT(errors("plan: [a]\n"), HasSubstr("error"));
  EXPECT_THAT(errors("just words\n"), HasSubstr("the attestation must be a map of keys, not a"));
  EXPECT_THAT(errors("plan: \xff\n"), HasSubstr("error"));
  EXPECT_FALSE(load_attestation((folder_ / "missing.yaml").string()));
}

TEST_F(EvidenceAttest, WhatWasIsKeptAndTheChainGoesOn) {
  write_small_bundle();
  const std::string before = content_of(fs::path(bundle()) / "report.json");
  const std::string manifest = content_of(fs::path(bundle()) / "manifest.jsonl");
  AttestationReport said = with_plan("first");
  ASSERT_TRUE(attest(bundle(), verified(), said, nullptr));
  EXPECT_EQ(content_of(fs::path(bundle()) / "report.1.json"), before);
  const std::string second = content_of(fs::path(bundle()) / "report.json");
  said.plan = "second";
  ASSERT_TRUE(attest(bundle(), verified(), said, nullptr));
  EXPECT_EQ(content_of(fs::path(bundle()) / "report.2.json"), second);
  EXPECT_EQ(report().occasion.attestation->plan, "second");
  EXPECT_TRUE(content_of(fs::path(bundle()) / "manifest.jsonl").starts_with(manifest));
  EXPECT_EQ(first_flaw(verified()), "");
  // A page is that of the new report.
  EXPECT_THAT(content_of(fs::path(bundle()) / "report.md"), HasSubstr("second"));
}

TEST_F(EvidenceAttest, AFormerReportThatIsNotTheOneThatWasIsFound) {
  write_small_bundle();
  ASSERT_TRUE(attest(bundle(), verified(), with_plan("first"), nullptr));
  put(fs::path(bundle()) / "report.1.json", "{}\n");
  const auto read = parse_manifest(content_of(fs::path(bundle()) / "manifest.jsonl"));
  Manifest forged(read->head());
  for (const Manifest::Line& line : read->lines()) {
    FileEntry entry = line.entry;
    if (entry.file == "report.1.json") {
      const FileDigest digest = *digest_file(bundle(), entry.file);
      entry.bytes = digest.bytes;
      entry.sha256 = digest.sha256;
    }
    forged.add(entry);
  }
  put(fs::path(bundle()) / "manifest.jsonl", forged.text());
  EXPECT_THAT(first_flaw(verified()), HasSubstr("report.1.json: it is not the report of line 2"));
}

TEST_F(EvidenceAttest, ASignatureStandsForWhatItWasMadeFor) {
  const SigningKey signer = key();
  const PublicKey wanted = signer.public_key();
  write_small_bundle(&signer);
  ASSERT_TRUE(attest(bundle(), verified(), with_plan("first"), nullptr));
  const Verification unsigned_end = verified();
  EXPECT_EQ(first_flaw(unsigned_end), "");
  EXPECT_TRUE(std::ranges::any_of(unsigned_end.checks, [](const Check& check) {
    return check.finding == Finding::note &&
           check.message.starts_with("nobody has signed the last");
  }));
  EXPECT_THAT(first_flaw(verified({.key = &wanted})), HasSubstr("has not signed all of it"));
  ASSERT_TRUE(attest(bundle(), verified(), with_plan("second"), &signer));
  const Verification result = verified({.key = &wanted});
  EXPECT_EQ(first_flaw(result), "");
  EXPECT_EQ(std::ranges::count_if(
                result.checks,
                [](const Check& check) { return check.message.starts_with("valid over"); }),
            2);
}

TEST_F(EvidenceAttest, WhatIsAttestedIsWhatWasVerified) {
  const SigningKey signer = key();
  const PublicKey wanted = signer.public_key();
  write_small_bundle(&signer);
  const fs::path folder = bundle();
  const std::string before = content_of(folder / "report.json");
  const Verification result = verified();
  // Somebody is quick.
  Report better = small_report();
  better.occasion.exercise = "exercise-2";
  put(folder / "report.json", write_report(better));
  put(folder / "manifest.jsonl", "{}\n");
  fs::remove(folder / "manifest.sig");
  ASSERT_TRUE(attest(bundle(), result, with_plan("first"), &signer));
  EXPECT_EQ(first_flaw(verified({.key = &wanted})), "");
  EXPECT_EQ(verified().signatures.size(), 2U);
  EXPECT_EQ(content_of(folder / "report.1.json"), before);
  EXPECT_EQ(report().occasion.exercise, "exercise-1");
}

TEST_F(EvidenceAttest, LeavesNothingBeside) {
  write_small_bundle();
  ASSERT_TRUE(attest(bundle() + "/", verified(), with_plan("first"), nullptr));
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    left.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(left, testing::UnorderedElementsAre("key.pem", "bundle"));
}

}  // namespace
}  // namespace aftershock::evidence

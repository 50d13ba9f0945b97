// A bundle is verified: whatever was changed in it is found and named.
#include "harness/evidence/verify.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "harness/evidence/attestation.h"
#include "harness/evidence/audit_file.h"
#include "harness/evidence/names.h"
#include "reports/formats.h"
#include "reports/json.h"
#include "tests/unit/evidence_fixture.h"

namespace aftershock::evidence {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class EvidenceVerify : public EvidenceTest {
 protected:
  std::vector<std::string> files() const { return list_files(bundle())->files; }
  fs::path at(const std::string& file) const { return fs::path(bundle()) / file; }

  /// Files that something wrong was said about.
  std::vector<std::string> blamed() const {
    std::vector<std::string> names;
    for (const Check& check : verified().checks) {
      if (check.finding == Finding::wrong) names.push_back(check.file);
    }
    return names;
  }

  /// Makes the manifest anew, as somebody would who wants to hide a change.
  void forge() const {
    const auto before = parse_manifest(content_of(at("manifest.jsonl")));
    ASSERT_TRUE(before);
    Manifest forged(before->head());
    for (const Manifest::Line& line : before->lines()) {
      const FileDigest digest = *digest_file(bundle(), line.entry.file);
      forged.add({line.entry.file, digest.bytes, digest.sha256, line.entry.renderer});
    }
    put(at("manifest.jsonl"), forged.text());
  }

  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = content_of(at(file));
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
    put(at(file), text);
  }
};

TEST_F(EvidenceVerify, ABundleIsAsItWasWritten) {
  write_drill_bundle();
  const Verification result = verified();
  EXPECT_EQ(first_flaw(result), "");
  EXPECT_EQ(result.exercise, "exercise-1");
  EXPECT_THAT(files(), testing::Contains("drills/two-runners-one-job-1/audit.jsonl"));
  EXPECT_EQ(content_of(at("drills/two-runners-one-job-1/scenario.yaml")),
            content_of("scenarios/explore/two-runners-one-job.yaml"));
}

TEST_F(EvidenceVerify, EveryByteOfASmallBundleCounts) {
  const SigningKey signer = key();
  write_small_bundle(&signer);
  ASSERT_EQ(first_flaw(verified()), "");
  for (const std::string& file : files()) {
    const std::string text = content_of(at(file));
    // Pages are long: report.html has a whole library of charts in it.
    const bool page = file.ends_with(".html") || file.ends_with(".md");
    const std::size_t step = page ? text.size() / 50 : 1;
    for (std::size_t i = 0; i < text.size(); i += step) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      put(at(file), changed);
      const Verification result = verified();
      // Another version of the format is not wrong, and not verified.
      EXPECT_TRUE(result.has(Finding::wrong) || result.has(Finding::unchecked)) << file << " " << i;
      EXPECT_TRUE(first_flaw(result).starts_with(file) ||
                  (file == kSignatureName && first_flaw(result).starts_with("keys/")))
          << file << " byte " << i << ": " << first_flaw(result);
    }
    put(at(file), text);
  }
  EXPECT_EQ(first_flaw(verified()), "");
}

TEST_F(EvidenceVerify, EveryFileOfADrillCounts) {
  write_drill_bundle();
  for (const std::string& file : files()) {
    const std::string text = content_of(at(file));
    for (const std::size_t i : {std::size_t{0}, text.size() / 2, text.size() - 1}) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      put(at(file), changed);
      EXPECT_THAT(blamed(), testing::ElementsAre(file)) << i;
    }
    put(at(file), text + "\n");
    EXPECT_THAT(blamed(), testing::ElementsAre(file)) << "longer";
    put(at(file), "");
    EXPECT_THAT(blamed(), testing::ElementsAre(file)) << "empty";
    put(at(file), text);
  }
}

TEST_F(EvidenceVerify, AReportThatChangesMeanwhileIsNotTheOneThatWasVerified) {
  write_small_bundle();
  int looks = 0;
  const auto change_it = [&] {
    if (++looks == 2) change("report.json", "exercise-1", "exercise-2");
    return false;
  };
  EXPECT_EQ(first_flaw(verified({.interrupted = change_it})),
            "report.json: it was changed while it was verified");
  EXPECT_GT(looks, 1);
}

TEST_F(EvidenceVerify, NamesTheLineOfTheManifest) {
  write_small_bundle();
  put(at("report.json"), content_of(at("report.json")) + " ");
  const Verification result = verified();
  const auto found = std::ranges::find(result.checks, Finding::wrong, &Check::finding);
  ASSERT_NE(found, result.checks.end());
  EXPECT_EQ(found->file, "report.json");
  EXPECT_EQ(found->line, 2U);
}

TEST_F(EvidenceVerify, APageThatWasChangedIsNotCountedAmongTheSame) {
  write_small_bundle();
  put(at("report.html"), content_of(at("report.html")) + " ");
  fs::remove(at("report.md"));
  for (const Check& check : verified().checks) EXPECT_NE(check.subject, "pages") << check.message;
}

TEST_F(EvidenceVerify, MissingAndExtraFilesAreNamed) {
  write_drill_bundle();
  const std::string trace = "drills/two-runners-one-job-1/trace.jsonl";
  const std::string text = content_of(at(trace));
  fs::remove(at(trace));
  EXPECT_THAT(first_flaw(verified()), HasSubstr(trace + ": it is missing"));
  put(at(trace), text);
  put(at("drills/note.txt"), "hello");
  EXPECT_THAT(first_flaw(verified()), HasSubstr("drills/note.txt: it does not belong here"));
}

TEST_F(EvidenceVerify, OnlyPlainFilesAreRead) {
  write_small_bundle();
  put(folder_ / "elsewhere", content_of(at("report.json")));
  fs::remove(at("report.json"));
  fs::create_symlink(folder_ / "elsewhere", at("report.json"));
  EXPECT_THAT(first_flaw(verified()), HasSubstr("'report.json' is a symbolic link"));
  fs::remove(at("report.json"));
  ASSERT_EQ(mkfifo(at("report.json").c_str(), 0600), 0);
  EXPECT_THAT(first_flaw(verified()), HasSubstr("'report.json' is no plain file"));
  fs::remove(at("report.json"));
  fs::create_directory(at("report.json"));
  EXPECT_THAT(first_flaw(verified()), HasSubstr("'report.json' is an empty folder"));
  fs::remove(at("report.json"));
  EXPECT_THAT(first_flaw(verified()), HasSubstr("report.json: it is missing"));
  fs::remove(at("manifest.jsonl"));
  fs::create_symlink(folder_ / "elsewhere", at("manifest.jsonl"));
  EXPECT_FALSE(verified().has(Finding::good));
}

TEST_F(EvidenceVerify, WhatIsNoBundleIsSaidToBeNone) {
  EXPECT_THAT(verify(bundle(), {}).error(), HasSubstr("is no folder"));
  fs::create_directory(bundle());
  EXPECT_THAT(verify(bundle(), {}).error(), HasSubstr("has no manifest.jsonl"));
}

TEST_F(EvidenceVerify, AForgedManifestDoesNotHideWhatContradictsTheReport) {
  write_drill_bundle();
  const std::string folder = "drills/two-runners-one-job-1/";
  change(folder + "audit.jsonl", "\"number\":1", "\"number\":2");
  forge();
  EXPECT_THAT(first_flaw(verified()), HasSubstr("audit.jsonl: line 1: its digest is not that"));
}

TEST_F(EvidenceVerify, AForgedScenarioTraceOrPageIsFound) {
  write_drill_bundle();
  const std::string folder = "drills/two-runners-one-job-1/";
  change(folder + "scenario.yaml", "title:", "title: ");
  change(folder + "trace.jsonl", "\"seed\":1", "\"seed\":2");
  put(at("report.md"), "# All is well\n");
  forge();
  EXPECT_THAT(blamed(), testing::UnorderedElementsAre(folder + "scenario.yaml",
                                                      folder + "trace.jsonl", "report.md"));
}

TEST_F(EvidenceVerify, AForgedLogThatIsChainedAnewDoesNotFollowFromTheRules) {
  write_drill_bundle();
  const std::string file = "drills/two-runners-one-job-1/audit.jsonl";
  std::istringstream lines(content_of(at(file)));
  std::string forged;
  for (std::string line; std::getline(lines, line);) {
    delta::AuditEvent event = *parse_audit_line(line);
    event.to = 1;
    event.digest = digest_of(event);
    forged += audit_line(event);
  }
  put(at(file), forged);
  forge();
  const Verification result = verified();
  EXPECT_THAT(first_flaw(result), HasSubstr("does not follow from the events before it"));
  for (const Check& check : result.checks) {
    EXPECT_FALSE(check.subject == "audit" && check.finding == Finding::good) << check.message;
  }
}

TEST_F(EvidenceVerify, APageOfAnotherRendererOrProgramIsNeverVerified) {
  // Whoever forges a page can say that another renderer drew it.
  for (const char* forged : {"report.md", "report.pdf"}) {
    write_small_bundle();
    const Manifest manifest = *parse_manifest(content_of(at("manifest.jsonl")));
    put(at(forged), "# All is well\n");
    Manifest other(manifest.head());
    std::vector<std::string> names{"report.json", "report.html", "report.md"};
    if (forged != names.back()) names.emplace_back(forged);
    for (const std::string& name : names) {
      const FileDigest digest = *digest_file(bundle(), name);
      const auto* line = manifest.current(name);
      other.add({name, digest.bytes, digest.sha256,
                 name == forged ? std::optional<std::uint64_t>(99) : line->entry.renderer});
    }
    put(at("manifest.jsonl"), other.text());
    const Verification result = verified();
    EXPECT_FALSE(result.has(Finding::wrong)) << first_flaw(result);
    EXPECT_TRUE(result.has(Finding::unchecked));
    EXPECT_TRUE(result.is_attestable()) << "the pages are drawn again, and others stay";
    ASSERT_TRUE(attest(bundle(), result, {}, nullptr));
    EXPECT_FALSE(verified().has(Finding::wrong)) << first_flaw(verified());
    EXPECT_EQ(verified().has(Finding::unchecked), forged == names.back() && names.size() == 4);
    fs::remove_all(bundle());
  }
}

TEST_F(EvidenceVerify, AReportOfAnotherVersionIsSaidToBeSo) {
  write_small_bundle();
  change("report.json", "\"version\": " + std::to_string(Report::kVersion), "\"version\": 3");
  forge();
  const Verification result = verified();
  EXPECT_FALSE(result.has(Finding::wrong));
  EXPECT_THAT(first_flaw(result), HasSubstr("is of version 3"));
  EXPECT_THAT(first_flaw(result), HasSubstr("a build of aftershock 0.1.0"));
}

TEST_F(EvidenceVerify, ASignatureIsDemandedByKey) {
  const SigningKey signer = key();
  const PublicKey wanted = signer.public_key();
  write_small_bundle();
  EXPECT_THAT(first_flaw(verified({.key = &wanted})), HasSubstr("has not signed all of it"));
  fs::remove_all(bundle());
  write_small_bundle(&signer);
  EXPECT_EQ(first_flaw(verified({.key = &wanted})), "");
  // Who forges it cannot sign it.
  put(at("report.md"), "# All is well\n");
  forge();
  EXPECT_THAT(first_flaw(verified({.key = &wanted})),
              HasSubstr("the signature is over another manifest"));
}

TEST_F(EvidenceVerify, ADrillThatGoesAnotherWayIsFoundByReplaying) {
  write_drill_bundle();
  EXPECT_EQ(first_flaw(verified({.run_drill = run_simulated})), "");
  const auto otherwise = [](const Scenario& scenario, const DrillOptions& options) {
    DrillReport report = run_simulated(scenario, options);
    report.digest = "0123456789abcdef";
    return report;
  };
  EXPECT_THAT(first_flaw(verified({.run_drill = otherwise})),
              HasSubstr("its digest is 0123456789abcdef"));
  const auto worse = [](const Scenario& scenario, const DrillOptions& options) {
    DrillReport report = run_simulated(scenario, options);
    report.verdict = Verdict::aborted;
    return report;
  };
  EXPECT_THAT(first_flaw(verified({.run_drill = worse})), HasSubstr("run again, it is: aborted"));
  EXPECT_THAT(
      first_flaw(verified({.run_drill = run_simulated, .interrupted = [] { return true; }})),
      HasSubstr("interrupted"));
}

TEST_F(EvidenceVerify, NoWordInTheBundleSwitchesReplayingOff) {
  // Somebody makes a figure look better, says that another build ran it, and chains it all anew.
  write_drill_bundle();
  const Report honest = read_report(content_of(at("report.json")));
  const auto claim = [&](const std::function<void(Report&)>& change) {
    Report report = honest;
    change(report);
    put(at("report.json"), write_report(report));
    for (const ReportFormat format : {ReportFormat::html, ReportFormat::markdown}) {
      put(at(std::string(file_name_of(format))), format_report(report, format));
    }
    forge();
    return first_flaw(verified({.run_drill = run_simulated, .build = "this one"}));
  };
  EXPECT_THAT(claim([](Report& report) {
                report.drills[0].canary.slowest = Duration(1);
                report.occasion.environment.build = std::string(64, '0');
              }),
              HasSubstr("with the same digest, its report is another"));
  EXPECT_THAT(claim([](Report& report) {
                report.drills[0].faults[0].evidence = "seen by all";
                report.occasion.environment.build = std::string(64, '0');
              }),
              AllOf(HasSubstr("this build has other words for them: at faults/0/evidence"),
                    HasSubstr("in the report \"seen by all\"")));
  EXPECT_THAT(claim([](Report& report) { report.drills[0].faults[0].evidence = "seen by all"; }),
              HasSubstr("with the same digest, its report is another: at faults/0/evidence"));
  EXPECT_THAT(claim([](Report& report) { report.drills[0].world = "real"; }),
              HasSubstr("only simulated drills can be run again"));
}

TEST_F(EvidenceVerify, NothingIsOverwritten) {
  write_small_bundle();
  EXPECT_FALSE(BundleWriter::begin(bundle()));
  put(folder_ / "file", "x");
  EXPECT_FALSE(BundleWriter::begin((folder_ / "file").string()));
  fs::create_directory(folder_ / "empty");
  EXPECT_TRUE(BundleWriter::begin((folder_ / "empty").string()));
  EXPECT_FALSE(BundleWriter::begin("/proc/bundle"));
}

TEST_F(EvidenceVerify, WithoutAnEndNothingIsLeftBehind) {
  {
    auto writer = BundleWriter::begin(bundle());
    ASSERT_TRUE(writer);
    DrillOptions options;
    (*writer)->observe(options);
    EXPECT_FALSE(fs::exists(bundle()));
  }
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    left.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(left, testing::ElementsAre("key.pem"));
}

}  // namespace
}  // namespace aftershock::evidence

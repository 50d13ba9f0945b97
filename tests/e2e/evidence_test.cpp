// The evidence of drills as an auditor meets it: the program itself, and OpenSSL's without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSample = "scenarios/delta-ci/runner-crash.yaml";

class EvidenceE2e : public testing::Test {
 protected:
  EvidenceE2e() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("evidence-e2e-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~EvidenceE2e() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }
  std::string bundle() const { return in_folder("bundle"); }

  Ended aftershock(const Words& words, const std::function<void()>& prepare = [] {}) const {
    const std::string out = in_folder("out"), err = in_folder("err");
    Ended ended;
    ended.code = code_of(start(words, out, err, prepare));
    ended.out = content_of(out);
    ended.err = content_of(err);
    return ended;
  }
  /// A shell's exit code, in the test's folder.
  int shell(const std::string& command) const {
    const int status = std::system(("cd '" + folder_.string() + "' && " + command).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void make_key() const {
    ASSERT_EQ(shell("openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null && "
                    "openssl pkey -in key.pem -pubout -out pub.pem"),
              0);
  }
  void run_with_bundle(const Words& more = {}) const {
    Words words{"run", kSample, "--bundle", bundle(), "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = aftershock(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
  }

  fs::path folder_;
};

TEST_F(EvidenceE2e, ABundleVerifiesAndItsDrillsRunAgain) {
  const Ended ran = aftershock({"run", kSample, "--bundle", bundle()});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("\nbundle: " + bundle() + "\n"));
  const Ended ended = aftershock({"report", "verify", bundle(), "--replay"});
  EXPECT_EQ(ended.code, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("same digest, report, trace and audit log: 1\n"),
                               HasSubstr("\nverified: the bundle is as it was written\n"),
                               Not(HasSubstr("another build"))));
  const auto json = nlohmann::json::parse(aftershock({"report", "verify", bundle(), "--json"}).out);
  EXPECT_EQ(json.at("result"), "verified");
  EXPECT_EQ(json.at("checks").at(0).at("subject"), "manifest");
}

TEST_F(EvidenceE2e, WithABundleTheDrillIsTheSame) {
  run_with_bundle();
  const auto with = nlohmann::json::parse(content_of(fs::path(bundle()) / "report.json"));
  const auto without = nlohmann::json::parse(aftershock({"run", kSample, "--json"}).out);
  EXPECT_EQ(with.at("drills"), without.at("drills"));
}

TEST_F(EvidenceE2e, AChangedByteIsNamed) {
  run_with_bundle();
  const std::string file = "drills/runner-crash-1/trace.jsonl";
  ASSERT_EQ(shell("printf x | dd of=bundle/" + file + " bs=1 seek=5000 conv=notrunc 2>/dev/null"),
            0);
  const Ended ended = aftershock({"report", "verify", bundle()});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("WRONG"), HasSubstr(file + " (line "),
                               HasSubstr("it was changed: its SHA-256 is"),
                               HasSubstr("not verified: 1 wrong")));
}

TEST_F(EvidenceE2e, NothingIsOverwrittenAndAFullDiskLeavesNothing) {
  run_with_bundle();
  const std::string manifest = content_of(fs::path(bundle()) / "manifest.jsonl");
  const Ended again = aftershock({"run", kSample, "--bundle", bundle()});
  EXPECT_EQ(again.code, 64);
  EXPECT_THAT(again.err, AllOf(HasSubstr("is not empty"), HasSubstr("Nothing was run.")));
  EXPECT_EQ(content_of(fs::path(bundle()) / "manifest.jsonl"), manifest);
  const Ended full = aftershock({"run", kSample, "--bundle", in_folder("full")}, [] {
    signal(SIGXFSZ, SIG_IGN);  // as a full disk: writing fails
    const rlimit little{100'000, 100'000};
    setrlimit(RLIMIT_FSIZE, &little);
  });
  EXPECT_EQ(full.code, 3);
  EXPECT_THAT(full.err, HasSubstr("there is no bundle"));
  EXPECT_FALSE(fs::exists(in_folder("full")));
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".")) << entry.path();
  }
}

TEST_F(EvidenceE2e, AnAuditorNeedsOnlyOpenSslToCheckASignature) {
  make_key();
  run_with_bundle({"--sign", in_folder("key.pem")});
  const Ended ended = aftershock({"report", "verify", bundle(), "--key", in_folder("pub.pem")});
  EXPECT_EQ(ended.code, 0) << ended.out;
  const std::string prepare =
      "tail -n 1 bundle/manifest.jsonl | sed 's/.*\"hash\":\"\\([0-9a-f]*\\)\".*/\\1/' | "
      "tr -d '\\n' > hash && "
      "tail -n 1 bundle/manifest.sig | sed 's/.*\"signature\":\"\\([^\"]*\\)\".*/\\1/' | "
      "base64 -d > signature && ";
  const std::string check =
      "openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -in hash -sigfile signature >/dev/null";
  EXPECT_EQ(shell(prepare + check), 0);
  EXPECT_NE(shell("printf 0 >> hash && " + check), 0);
  // The chain needs a hash and an editor.
  EXPECT_EQ(shell("sed -n '2s/,\"hash\":\"[0-9a-f]*\"}$/}/p' bundle/manifest.jsonl | tr -d '\\n' | "
                  "sha256sum | cut -c1-64 > wanted && grep -q \"$(cat wanted)\" "
                  "bundle/manifest.jsonl"),
            0);
  EXPECT_EQ(shell("cd bundle/keys && test \"$(openssl pkey -pubin -in *.pem -outform DER | "
                  "sha256sum | cut -c1-64).pem\" = \"$(ls)\""),
            0);
}

TEST_F(EvidenceE2e, AnotherKeyIsRefused) {
  make_key();
  run_with_bundle({"--sign", in_folder("key.pem")});
  make_key();
  const Ended ended = aftershock({"report", "verify", bundle(), "--key", in_folder("pub.pem")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("has not signed all of it"));
  EXPECT_EQ(aftershock({"report", "verify", bundle(), "--key", in_folder("key.pem")}).code, 64);
}

TEST_F(EvidenceE2e, AttestedItVerifiesAndRendersTheSameBytes) {
  run_with_bundle();
  std::ofstream(in_folder("said.yaml")) << "plan: The recovery plan\napproved_on: 2026-11-30\n";
  const Ended attested =
      aftershock({"report", "attest", bundle(), "--with", in_folder("said.yaml")});
  EXPECT_EQ(attested.code, 0) << attested.err;
  EXPECT_THAT(attested.out, AllOf(HasSubstr("still a draft"), HasSubstr("approved_by: Who")));
  EXPECT_EQ(aftershock({"report", "verify", bundle()}).code, 0);
  const Ended page = aftershock({"report", "render", bundle()});
  EXPECT_EQ(page.out, content_of(fs::path(bundle()) / "report.md"));
  EXPECT_THAT(page.out, HasSubstr("The recovery plan"));
  const Ended json = aftershock({"report", "render", bundle(), "--format", "json"});
  EXPECT_EQ(json.out, content_of(fs::path(bundle()) / "report.json"));
  EXPECT_EQ(
      aftershock({"report", "render", bundle() + "/report.json", "--out", in_folder("a.csv")}).code,
      0);
  EXPECT_EQ(content_of(in_folder("a.csv")),
            aftershock({"report", "render", bundle(), "--format", "csv"}).out);
}

TEST_F(EvidenceE2e, WhatPeopleSayBeforehandIsInTheFirstReport) {
  std::ofstream(in_folder("said.yaml")) << "plan: The recovery plan\n";
  run_with_bundle({"--attest", in_folder("said.yaml")});
  const auto report = nlohmann::json::parse(content_of(fs::path(bundle()) / "report.json"));
  EXPECT_EQ(report.at("occasion").at("attestation").at("plan"), "The recovery plan");
  std::ofstream(in_folder("said.yaml")) << "plam: The recovery plan\n";
  const Ended wrong =
      aftershock({"run", kSample, "--bundle", in_folder("b"), "--attest", in_folder("said.yaml")});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("said.yaml:1:1: error"), HasSubstr("'plan'"),
                               HasSubstr("Nothing was run.")));
  EXPECT_FALSE(fs::exists(in_folder("b")));
}

TEST_F(EvidenceE2e, AReportOfAnotherVersionIsNamedAsSuch) {
  run_with_bundle();
  ASSERT_EQ(shell("sed -i '0,/\"version\": [0-9]*/s//\"version\": 3/' bundle/report.json"), 0);
  const Ended ended = aftershock({"report", "render", bundle()});
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("is of version 3"),
                    HasSubstr("use the program that wrote it, a build of aftershock 0.1.0")));
}

TEST_F(EvidenceE2e, APageIsNotDrawnIntoABundle) {
  run_with_bundle();
  const std::string inside = bundle() + "/report.json";
  const Ended ended = aftershock({"report", "render", bundle(), "--out", inside});
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("is in a bundle"));
  EXPECT_EQ(aftershock({"report", "verify", bundle()}).code, 0);
}

TEST_F(EvidenceE2e, ABundleIsNotReplacedUnderOnesFeet) {
  run_with_bundle();
  std::ofstream(in_folder("said.yaml")) << "plan: The recovery plan\n";
  const std::string there = bundle() + "/drills";
  const Ended ended = aftershock({"report", "attest", bundle(), "--with", in_folder("said.yaml")},
                                 [&there] { EXPECT_EQ(chdir(there.c_str()), 0); });
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("from a folder outside of it"));
  EXPECT_EQ(aftershock({"report", "verify", bundle()}).code, 0);
}

TEST_F(EvidenceE2e, MistakesAreExplained) {
  EXPECT_EQ(aftershock({"report"}).code, 64);
  EXPECT_EQ(aftershock({"report", "verify"}).code, 64);
  const Ended none = aftershock({"report", "verify", folder_.string()});
  EXPECT_EQ(none.code, 64);
  EXPECT_THAT(none.err, HasSubstr("it is no bundle of 'run --bundle'"));
  EXPECT_EQ(aftershock({"report", "render", in_folder("none.json")}).code, 64);
  EXPECT_THAT(aftershock({"report", "render", "x", "--format", "pdf"}).err,
              HasSubstr("one of json, html, md"));
  EXPECT_THAT(aftershock({"run", kSample, "--sign", "k"}).err, HasSubstr("add --bundle FOLDER"));
  EXPECT_EQ(aftershock({"report", "attest", "--template"}).code, 0);
}

}  // namespace
}  // namespace aftershock

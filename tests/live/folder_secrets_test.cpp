// Secrets as files, as Docker and Kubernetes mount them.
#include "runner/adapters/folder_secrets.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace delta {
namespace {

namespace fs = std::filesystem;

class FolderSecretsTest : public testing::Test {
 protected:
  FolderSecretsTest() {
    std::string pattern = testing::TempDir() + "delta-secrets-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~FolderSecretsTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  SecretError refusal(const std::string& name) {
    const auto secret = store().get(name);
    EXPECT_FALSE(secret.has_value());
    return secret ? SecretError{} : secret.error();
  }
  FolderSecrets store() const { return FolderSecrets(folder_); }

  fs::path folder_;
};

TEST_F(FolderSecretsTest, GivesTheTextWithoutTheLastLineBreak) {
  write("PLAIN", "value");
  write("LINE", "value\n");
  write("WINDOWS", "value\r\n");
  write("KEY", "-----BEGIN-----\nabc\n\n");
  EXPECT_EQ(store().get("PLAIN"), "value");
  EXPECT_EQ(store().get("LINE"), "value");
  EXPECT_EQ(store().get("WINDOWS"), "value");
  EXPECT_EQ(store().get("KEY"), "-----BEGIN-----\nabc\n");
}

TEST_F(FolderSecretsTest, FollowsTheLinksOfKubernetesAndTheirRotation) {
  for (const char* version : {"..first", "..second"}) {
    fs::create_directory(folder_ / version);
    write(std::string(version) + "/TOKEN", std::string("of ") + version);
  }
  fs::create_symlink("..first", folder_ / "..data");
  fs::create_symlink("..data/TOKEN", folder_ / "TOKEN");
  FolderSecrets secrets = store();
  EXPECT_EQ(secrets.get("TOKEN"), "of ..first");
  fs::create_symlink("..second", folder_ / "..new");
  fs::rename(folder_ / "..new", folder_ / "..data");
  EXPECT_EQ(secrets.get("TOKEN"), "of ..second");
}

TEST_F(FolderSecretsTest, OneThatIsMissingIsMissingForGood) {
  const SecretError error = refusal("MISSING");
  EXPECT_FALSE(error.retryable);
  EXPECT_EQ(error.detail, "the secret MISSING: No such file or directory");
}

TEST_F(FolderSecretsTest, AFolderThatIsMissingMayComeBack) {
  FolderSecrets secrets(folder_ / "later");
  const auto secret = secrets.get("TOKEN");
  ASSERT_FALSE(secret.has_value());
  EXPECT_TRUE(secret.error().retryable);
  fs::create_directory(folder_ / "later");
  write("later/TOKEN", "here");
  EXPECT_EQ(secrets.get("TOKEN"), "here");
}

TEST_F(FolderSecretsTest, WithoutAFolderThereAreNoSecrets) {
  const auto secret = FolderSecrets("").get("TOKEN");
  ASSERT_FALSE(secret.has_value());
  EXPECT_FALSE(secret.error().retryable);
}

TEST_F(FolderSecretsTest, ANameDoesNotLeadOutOfTheFolder) {
  fs::create_directory(folder_ / "inner");
  write("OUTSIDE", "x");
  FolderSecrets secrets(folder_ / "inner");
  for (const std::string name : {"../OUTSIDE", "", ".", "..", "/etc/passwd", "A/B", "A.B", "A B"}) {
    const auto secret = secrets.get(name);
    ASSERT_FALSE(secret.has_value()) << name;
    EXPECT_FALSE(secret.error().retryable);
    EXPECT_EQ(secret.error().detail, "no name of a secret");
  }
  EXPECT_EQ(refusal(std::string(256, 'A')).detail, "no name of a secret");
}

TEST_F(FolderSecretsTest, WhatIsNoSecretIsRefusedWithoutItsText) {
  write("EMPTY", "\n");
  write("ZERO", std::string("hunter2\0x", 9));
  std::string fits(64 * 1024, 'x');
  write("FITS", fits.append("\n"));
  write("LONG", std::string(64 * 1024 + 1, 'x'));
  write("HUGE", std::string(1 << 20, 'x'));
  fs::create_directory(folder_ / "FOLDER");
  ASSERT_EQ(mkfifo((folder_ / "PIPE").c_str(), 0600), 0);
  fs::create_symlink("LOOP", folder_ / "LOOP");
  EXPECT_EQ(store().get("FITS").value().size(), 64U * 1024U);
  EXPECT_EQ(refusal("EMPTY").detail, "the secret EMPTY: empty");
  EXPECT_EQ(refusal("ZERO").detail, "the secret ZERO: it holds a zero byte");
  EXPECT_EQ(refusal("LONG").detail, "the secret LONG: more than 65536 bytes");
  EXPECT_EQ(refusal("HUGE").detail, "the secret HUGE: more than 65536 bytes");
  EXPECT_EQ(refusal("FOLDER").detail, "the secret FOLDER: not a regular file");
  EXPECT_EQ(refusal("PIPE").detail, "the secret PIPE: not a regular file");
  for (const char* name : {"EMPTY", "ZERO", "LONG", "FOLDER", "PIPE", "LOOP"}) {
    EXPECT_FALSE(refusal(name).retryable) << name;
  }
}

TEST_F(FolderSecretsTest, OneThatWeMayNotReadIsNotForUs) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  write("LOCKED", "value");
  ASSERT_EQ(chmod((folder_ / "LOCKED").c_str(), 0), 0);
  const SecretError error = refusal("LOCKED");
  EXPECT_FALSE(error.retryable);
  EXPECT_EQ(error.detail, "the secret LOCKED: Permission denied");
}

}  // namespace
}  // namespace delta

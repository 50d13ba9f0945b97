// The chain of a bundle's manifest, and what is refused in one.
#include "harness/evidence/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rng.h"
#include "core/sha256.h"
#include "harness/evidence/names.h"

namespace aftershock::evidence {
namespace {

using testing::HasSubstr;

Manifest sample() {
  Manifest manifest({.tool = "0.1.0", .exercise = "20261128T090000Z-3f2a91bc"});
  manifest.add({"report.json", 12, std::string(64, 'a')});
  manifest.add({"report.md", 3, std::string(64, 'b'), 1});
  manifest.add({"drills/crash-7/audit.jsonl", 0, std::string(64, 'c')});
  manifest.add({"report.1.json", 12, std::string(64, 'a')});
  manifest.add({"report.json", 13, std::string(64, 'd')});
  return manifest;
}

/// The lines of sample(), to be put together in another way.
std::vector<std::string> sample_lines() {
  std::vector<std::string> lines;
  std::string text = sample().text();
  while (!text.empty()) {
    const std::size_t end = text.find('\n') + 1;
    lines.push_back(text.substr(0, end));
    text.erase(0, end);
  }
  return lines;
}

/// A line about this file with the hash that it should have, behind the first one.
std::string with_line(const std::string& json_of_file) {
  const std::string head = sample_lines().front();
  const std::string previous =
      Manifest({.tool = "0.1.0", .exercise = "20261128T090000Z-3f2a91bc"}).last_hash();
  const std::string body = "{\"n\":2,\"file\":" + json_of_file + ",\"bytes\":1,\"sha256\":\"" +
                           std::string(64, 'a') + "\",\"previous\":\"" + previous + "\"";
  const std::string hash = delta::to_string(delta::sha256(body + "}"));
  return head + body + ",\"hash\":\"" + hash + "\"}\n";
}

TEST(EvidenceManifest, HashesEachLineWithoutItsHashInThisForm) {
  Manifest manifest({.tool = "0.1.0", .exercise = "e"});
  const std::string head =
      R"({"n":1,"format":"aftershock-evidence","version":1,"tool":"0.1.0","exercise":"e"})";
  EXPECT_EQ(manifest.last_hash(), delta::to_string(delta::sha256(head)));
  const std::string first = manifest.last_hash();
  manifest.add({"report.json", 12, std::string(64, 'a'), 3});
  const std::string line = R"({"n":2,"file":"report.json","bytes":12,"sha256":")" +
                           std::string(64, 'a') + R"(","renderer":3,"previous":")" + first + "\"}";
  EXPECT_EQ(manifest.last_hash(), delta::to_string(delta::sha256(line)));
}

TEST(EvidenceManifest, WhatIsReadIsWhatWasWritten) {
  const std::string text = sample().text();
  const auto read = parse_manifest(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->text(), text);
  EXPECT_EQ(read->last_number(), 6U);
  EXPECT_EQ(read->head().exercise, "20261128T090000Z-3f2a91bc");
  EXPECT_EQ(read->current("report.json")->number, 6U);
  EXPECT_EQ(read->current("report.json")->entry.supersedes, 2U);
  EXPECT_EQ(read->all_of("report.json").size(), 2U);
  EXPECT_EQ(read->current("nothing"), nullptr);
}

TEST(EvidenceManifest, AnyByteThatIsChangedIsFound) {
  const std::string text = sample().text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const int flip : {1, 2, 32, 128}) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const auto read = parse_manifest(changed);
      // Another version is another format, and says so.
      const bool found = !read || read->head().version != kBundleVersion;
      EXPECT_TRUE(found) << at << " " << flip;
      if (!read) {
        EXPECT_EQ(read.error().file, kManifestName);
      }
    }
  }
}

TEST(EvidenceManifest, NamesTheLineThatWasChanged) {
  std::string text = sample().text();
  text.replace(text.find("bytes\":3"), 8, "bytes\":4");
  const auto read = parse_manifest(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().line, 3U);
  EXPECT_THAT(read.error().message, HasSubstr("it was changed"));
}

TEST(EvidenceManifest, LinesCannotBeLeftOutMovedRepeatedOrCut) {
  const std::vector<std::string> l = sample_lines();
  EXPECT_FALSE(parse_manifest(l[0] + l[2]));
  EXPECT_FALSE(parse_manifest(l[0] + l[2] + l[1]));
  EXPECT_FALSE(parse_manifest(l[0] + l[1] + l[1]));
  EXPECT_FALSE(parse_manifest(l[1] + l[2]));
  EXPECT_FALSE(parse_manifest(""));
  EXPECT_FALSE(parse_manifest("\n"));
  EXPECT_FALSE(parse_manifest(l[0] + l[1] + "\n" + l[2]));
  const std::string text = sample().text();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = parse_manifest(text.substr(0, size));
    EXPECT_TRUE(!read || text[size - 1] == '\n') << size;
  }
}

TEST(EvidenceManifest, AFileTwiceMustSupersede) {
  std::string text = sample().text();
  text.erase(text.find(",\"supersedes\":2"), 15);
  const auto read = parse_manifest(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().line, 6U);
  EXPECT_THAT(read.error().message, HasSubstr("repeats a file"));
}

TEST(EvidenceManifest, NothingOutsideTheFolderCanBeNamed) {
  ASSERT_TRUE(parse_manifest(with_line("\"report.json\"")));
  for (const char* name :
       {"../x", "/etc/passwd", "a/../b", "./a", "a//b", "a/", "", ".hidden", "a/.b", "a b",
        "a\\\\b", "manifest.jsonl", "manifest.sig", "keys/x.pem", "-rf", "a\\u0000b", "\\u202ea"}) {
    const auto read = parse_manifest(with_line("\"" + std::string(name) + "\""));
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().line, 2U);
    EXPECT_THAT(read.error().message, HasSubstr("names no file of a bundle")) << name;
  }
  EXPECT_FALSE(parse_manifest(with_line("\"" + std::string(401, 'a') + "\"")));
  EXPECT_FALSE(parse_manifest(with_line("7")));
}

TEST(EvidenceManifest, HugeLinesAndForeignBytesAreRefused) {
  const std::string head = sample_lines().front();
  EXPECT_THAT(parse_manifest(head + std::string(5000, 'a') + "\n").error().message,
              HasSubstr("too long"));
  EXPECT_THAT(parse_manifest(head + "{\"n\":2,\"file\":\"\xff\"}\n").error().message,
              HasSubstr("a byte that no manifest has"));
  EXPECT_THAT(parse_manifest(head + std::string(4000, '[') + "\n").error().message,
              HasSubstr("no JSON object"));
  EXPECT_THAT(parse_manifest(head + "{}\n").error().message, HasSubstr("wrong number"));
}

TEST(EvidenceManifest, RandomBytesAreRefusedAndHarmNothing) {
  delta::Rng rng = delta::Rng(20261128).stream("manifest");
  const std::string text = sample().text();
  for (int round = 0; round < 5'000; ++round) {
    std::string changed = text;
    const std::uint64_t edits = 1 + rng.below(4);
    for (std::uint64_t i = 0; i < edits; ++i) {
      const std::size_t at = rng.below(changed.size());
      switch (rng.below(3)) {
        case 0: changed[at] = static_cast<char>(rng.below(256)); break;
        case 1: changed.erase(at, 1 + rng.below(40)); break;
        default: changed.insert(at, changed.substr(rng.below(changed.size()), rng.below(60)));
      }
    }
    const auto read = parse_manifest(changed);
    if (read && read->head().version == kBundleVersion) {
      // What is left may be a beginning of it: whole lines, cut at the end.
      EXPECT_TRUE(text.starts_with(changed)) << changed;
    }
  }
}

TEST(EvidenceNames, FoldersOfDrillsAreDifferentAndPlain) {
  DrillFolders folders;
  EXPECT_EQ(folders.next("runner-crash", 7), "drills/runner-crash-7/");
  EXPECT_EQ(folders.next("runner-crash", 7), "drills/runner-crash-7-2/");
  EXPECT_EQ(folders.next("runner-crash-7", 2), "drills/runner-crash-7-2-2/");
  EXPECT_EQ(folders.next("runner-crash", 7), "drills/runner-crash-7-3/");
  for (const char* hostile : {"../../etc", "", "-rf", "A B", "a\nb", "\xff", "/"}) {
    const std::string folder = folders.next(hostile, 1);
    EXPECT_TRUE(is_file_name(folder + "audit.jsonl")) << folder;
    EXPECT_TRUE(folder.starts_with("drills/")) << folder;
  }
}

}  // namespace
}  // namespace aftershock::evidence

// The audit log of a bundle: whoever forges one gets an answer, and harms nothing.
#include "harness/evidence/audit_file.h"

#include <gmock/gmock.h>

#include <utility>

#include "core/rng.h"
#include "tests/unit/evidence_fixture.h"

namespace aftershock::evidence {
namespace {

using testing::HasSubstr;

class EvidenceAudit : public EvidenceTest {
 protected:
  EvidenceAudit() {
    const auto scenario = load_scenario("scenarios/explore/two-runners-one-job.yaml");
    settings_ = scenario->settings;
    DrillOptions options;
    options.audit = [this](const delta::AuditEvent& event) { lines_.push_back(audit_line(event)); };
    report_ = run_simulated(*scenario, options);
  }

  AuditVerdict check(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line;
    put(folder_ / "audit.jsonl", text);
    const auto verdict = check_audit(folder_.string(), "audit.jsonl", settings_);
    return verdict ? *verdict : AuditVerdict{.flaw = verdict.error()};
  }

  /// Whether the rules object, or the log is of other runs than the report.
  bool is_found_out(const AuditVerdict& verdict) const {
    return !verdict.flaw.empty() || !verdict.problems.empty() ||
           verdict.made.unfinished != report_.workload.unfinished ||
           verdict.made.succeeded != report_.workload.succeeded ||
           verdict.made.attempts != report_.workload.attempts;
  }

  DrillReport report_;
  delta::Settings settings_;
  std::vector<std::string> lines_;
};

std::string without_end(const std::string& line) { return line.substr(0, line.size() - 1); }

TEST_F(EvidenceAudit, TheLogOfADrillIsRight) {
  ASSERT_GT(lines_.size(), 4U);
  const AuditVerdict verdict = check(lines_);
  EXPECT_EQ(verdict.flaw, "");
  EXPECT_EQ(verdict.events, lines_.size());
  EXPECT_THAT(verdict.problems, testing::IsEmpty());
  EXPECT_EQ(verdict.made.succeeded, report_.workload.succeeded);
  EXPECT_EQ(verdict.made.attempts, report_.workload.attempts);
  EXPECT_FALSE(is_found_out(verdict));
}

TEST_F(EvidenceAudit, LinesThatAreLeftOutOrMovedAreFound) {
  for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
    std::vector<std::string> without = lines_;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(is_found_out(check(without))) << i;
    std::vector<std::string> moved = lines_;
    std::swap(moved[i], moved[i + 1]);
    EXPECT_THAT(check(moved).flaw, HasSubstr("serial")) << i;
  }
}

TEST_F(EvidenceAudit, ALineThatIsCutOffIsFound) {
  std::vector<std::string> cut = lines_;
  cut.back().pop_back();
  EXPECT_THAT(check(cut).flaw, HasSubstr("ends within a line"));
}

TEST_F(EvidenceAudit, RandomBytesAreRefused) {
  delta::Rng rng = delta::Rng(7).stream("audit");
  for (int round = 0; round < 3'000; ++round) {
    std::string line = without_end(lines_[rng.below(lines_.size())]);
    const std::string before = line;
    const std::size_t at = rng.below(line.size());
    if (rng.below(2) == 0) line[at] = static_cast<char>(rng.below(256));
    if (rng.below(4) == 0) line.erase(at, 1 + rng.below(30));
    if (rng.below(4) == 0) line.insert(rng.below(line.size()), line.substr(0, rng.below(60)));
    const auto event = parse_audit_line(line);
    if (!event || line == before) continue;
    EXPECT_EQ(audit_line(*event), line + "\n");
  }
}

/// Somebody who computes digests anew can write any event: the rules must survive all of them.
TEST_F(EvidenceAudit, AForgedLogIsJudgedAndHarmsNothing) {
  delta::Rng rng = delta::Rng(8).stream("forged");
  int forged = 0, found = 0;
  for (int round = 0; round < 600; ++round) {
    std::vector<std::string> lines = lines_;
    std::string& line = lines[rng.below(lines.size())];
    std::string text = without_end(line);
    for (std::uint64_t edits = 1 + rng.below(3); edits > 0; --edits) {
      const std::size_t at = text.find_first_of("0123456789", rng.below(text.size()));
      if (at != std::string::npos) text[at] = static_cast<char>('0' + rng.below(10));
    }
    auto event = parse_audit_line(text);
    if (!event) continue;
    event->digest = digest_of(*event);
    const std::string before = std::exchange(line, audit_line(*event));
    // The serial is in no digest: it only has to grow.
    if (line.substr(line.find(",\"run\"")) == before.substr(before.find(",\"run\""))) continue;
    const AuditVerdict verdict = check(lines);
    if (is_found_out(verdict)) ++found;
    ++forged;
  }
  EXPECT_GT(forged, 100);
  // What only the last event of a chain says is known to nobody else: --replay finds that.
  EXPECT_GT(found * 10, forged * 8) << found << " of " << forged;
}

}  // namespace
}  // namespace aftershock::evidence

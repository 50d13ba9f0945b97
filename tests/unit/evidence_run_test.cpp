// `run --bundle` when things go wrong on the way.
#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "harness/cli/run.h"
#include "harness/evidence/attestation.h"
#include "reports/json.h"
#include "tests/unit/evidence_fixture.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;
using evidence::content_of;
using evidence::Finding;
using evidence::put;
using testing::HasSubstr;

constexpr const char* kSample = "scenarios/explore/two-runners-one-job.yaml";

class EvidenceRun : public evidence::EvidenceTest {
 protected:
  EvidenceRun() {
    fs::create_directory(folder_ / "drills");
    tools_.interrupted = [this] { return interrupted_; };
    tools_.clock = [] { return std::chrono::steady_clock::time_point{}; };
    tools_.run_drill = run_simulated;
  }

  void add(const std::string& name) const {
    std::string text = content_of(kSample);
    const std::string before = "two-runners-one-job";
    text.replace(text.find(before), before.size(), name);
    put(folder_ / "drills" / (name + ".yaml"), text);
  }
  ExitCode run() {
    std::string doing;
    return run_command({.paths = {(folder_ / "drills").string()}, .bundle = bundle()},
                       {{out_}, {err_}}, tools_, doing);
  }
  bool has(const std::string& file) const { return fs::exists(fs::path(bundle()) / file); }

  bool interrupted_ = false;
  std::ostringstream out_, err_;
  RunTools tools_;
};

TEST_F(EvidenceRun, HoldsEveryDrill) {
  add("alpha");
  add("beta");
  EXPECT_EQ(run(), ExitCode::kPassed) << err_.str();
  EXPECT_EQ(first_flaw(verified({.run_drill = run_simulated})), "");
  EXPECT_TRUE(has("drills/alpha-1/audit.jsonl"));
  EXPECT_TRUE(has("drills/beta-1/trace.jsonl"));
}

TEST_F(EvidenceRun, ADrillThatEndsInAnErrorOfOursLeavesNothing) {
  add("alpha");
  add("beta");
  tools_.run_drill = [](const Scenario& scenario, const DrillOptions& options) {
    delta::AuditEvent stray;
    stray.what.message = delta::RaiseGeneration{.who = "nobody"};
    options.audit(stray);
    if (scenario.name == "alpha") throw std::runtime_error("the wheels came off");
    return run_simulated(scenario, {.trace = options.trace, .audit = options.audit});
  };
  EXPECT_EQ(run(), ExitCode::kInternalError);
  EXPECT_FALSE(has("drills/alpha-1"));
  EXPECT_TRUE(has("drills/beta-1"));
  const Report report = read_report(content_of(fs::path(bundle()) / "report.json"));
  ASSERT_EQ(report.drills.size(), 2U) << "it is not missing from the report";
  EXPECT_EQ(report.drills[0].verdict, Verdict::aborted);
  EXPECT_EQ(report.drills[0].reasons.at(0), "internal error: the wheels came off");
  // The second was no drill of Delta CI's: its log has an event that is none.
  EXPECT_THAT(first_flaw(verified()), HasSubstr("beta-1/audit.jsonl: line 1"));
}

TEST_F(EvidenceRun, AfterAnInterruptItHoldsWhatHadEnded) {
  add("alpha");
  add("beta");
  tools_.run_drill = [this](const Scenario& scenario, const DrillOptions& options) {
    interrupted_ = true;
    return run_simulated(scenario, options);
  };
  EXPECT_EQ(run(), ExitCode::kAborted);
  EXPECT_EQ(first_flaw(verified()), "");
  EXPECT_TRUE(has("drills/alpha-1"));
  EXPECT_FALSE(has("drills/beta-1"));
}

TEST_F(EvidenceRun, AScenarioThatChangesMeanwhileMakesNoBundle) {
  add("alpha");
  tools_.run_drill = [this](const Scenario& scenario, const DrillOptions& options) {
    put(scenario.path, content_of(scenario.path) + "# later\n");
    return run_simulated(scenario, options);
  };
  EXPECT_EQ(run(), ExitCode::kAborted);
  EXPECT_THAT(err_.str(), HasSubstr("alpha.yaml' was changed while it was run"));
  EXPECT_THAT(out_.str(), HasSubstr("1 drill: 1 passed"));
  EXPECT_FALSE(fs::exists(bundle()));
}

TEST_F(EvidenceRun, AFolderThatIsTakenMeanwhileIsLeftAlone) {
  add("alpha");
  tools_.run_drill = [this](const Scenario& scenario, const DrillOptions& options) {
    fs::create_directory(bundle());
    put(fs::path(bundle()) / "theirs", "x");
    return run_simulated(scenario, options);
  };
  EXPECT_EQ(run(), ExitCode::kAborted);
  EXPECT_EQ(content_of(fs::path(bundle()) / "theirs"), "x");
  EXPECT_FALSE(has("manifest.jsonl"));
}

TEST_F(EvidenceRun, HostileWordsOfAnAttestationStayWords) {
  add("alpha");
  EXPECT_EQ(run(), ExitCode::kPassed);
  AttestationReport said;
  said.plan = "<script>alert(1)</script> \u202e | `x` =1+1";
  said.participants = {{"../../etc/passwd", "\u2028"}};
  ASSERT_TRUE(evidence::attest(bundle(), verified(), said, nullptr));
  EXPECT_EQ(first_flaw(verified()), "");
}

}  // namespace
}  // namespace aftershock::cli

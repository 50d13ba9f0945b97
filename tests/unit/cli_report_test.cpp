// `report` around the bundle: exit codes, what goes to which stream, what a terminal gets.
#include "harness/cli/report.h"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <sstream>

#include "harness/cli/report_file.h"
#include "harness/evidence/bundle_lock.h"
#include "harness/evidence/files.h"
#include "tests/unit/evidence_fixture.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;
using evidence::content_of;
using evidence::put;
using testing::AllOf;
using testing::HasSubstr;

class CliReport : public evidence::EvidenceTest {
 protected:
  /// At a terminal of this width, or into a file.
  ExitCode report(const ReportOptions& options, std::optional<std::size_t> width = {}) {
    out_.str("");
    err_.str("");
    std::string doing;
    const Console out{.stream = out_, .terminal = width.has_value(), .width = width.value_or(80)};
    return report_command(options, {out, {err_}}, {{}, [] { return false; }, {}}, doing);
  }
  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  std::ostringstream out_, err_;
};

TEST_F(CliReport, WhatIsNamedAndCannotBeReadIsAMistakeOfEveryCommand) {
  put(folder_ / "no-report.json", "{}\n");
  fs::create_directory(folder_ / "empty");
  put(folder_ / "said.yaml", "plan: The plan\n");
  for (const std::string name : {"none", "no-report.json", "empty"}) {
    const std::string path = in_folder(name);
    const std::vector<ReportOptions> commands{
        ReportRender{.source = path}, ReportTrend{.paths = {path}}, ReportVerify{.bundle = path},
        ReportAttest{.bundle = path, .with = in_folder("said.yaml")}};
    for (const ReportOptions& command : commands) {
      EXPECT_EQ(report(command), ExitCode::kUsage) << name << " " << command.index();
      EXPECT_EQ(out_.str(), "");
      EXPECT_THAT(err_.str(), HasSubstr("error: "));
    }
  }
  write_small_bundle();
  EXPECT_EQ(report(ReportVerify{.bundle = bundle(), .key = in_folder("none")}), ExitCode::kUsage);
  EXPECT_EQ(err_.str(), "error: --key: '" + in_folder("none") + "': no such file\n");
  EXPECT_EQ(report(ReportAttest{.bundle = bundle(), .with = in_folder("none")}), ExitCode::kUsage);
}

TEST_F(CliReport, AReportThatSomebodyNamesMayBeALinkButNothingElse) {
  write_small_bundle();
  fs::create_symlink(bundle() + "/report.json", folder_ / "link");
  EXPECT_TRUE(read_report_file(in_folder("link")));
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_report_file(in_folder("pipe")).error(),
            "'" + in_folder("pipe") + "' is no plain file");
  EXPECT_EQ(read_report_file(bundle()).error(), "'" + bundle() + "' is no plain file");
  EXPECT_EQ(read_report_file(in_folder("none")).error(),
            "cannot read '" + in_folder("none") + "': No such file or directory");
  put(folder_ / "huge", "{}");
  fs::resize_file(folder_ / "huge", evidence::kLargestReport + 1);
  EXPECT_EQ(read_report_file(in_folder("huge")).error(),
            "'" + in_folder("huge") + "' is too large: at most 67108864 bytes are read");
  fs::resize_file(folder_ / "huge", 2);
  EXPECT_THAT(read_report_file(in_folder("huge")).error(),
              testing::StartsWith("'" + in_folder("huge") + "' is no report: "));
}

TEST_F(CliReport, ABundleThatWasChangedIsNotAttested) {
  write_small_bundle();
  put(folder_ / "said.yaml", "plan: The plan\n");
  put(fs::path(bundle()) / "report.md", "# All is well\n");
  const std::string before = content_of(fs::path(bundle()) / "manifest.jsonl");
  EXPECT_EQ(report(ReportVerify{.bundle = bundle()}), ExitCode::kFailed);
  EXPECT_EQ(report(ReportAttest{.bundle = bundle(), .with = in_folder("said.yaml")}),
            ExitCode::kFailed);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("WRONG"), HasSubstr("nobody can attest a bundle")));
  EXPECT_EQ(content_of(fs::path(bundle()) / "manifest.jsonl"), before);
}

TEST_F(CliReport, OfTwoThatAttestAtOnceOneIsRefused) {
  write_small_bundle();
  put(folder_ / "said.yaml", "plan: The plan\n");
  const ReportAttest attest{.bundle = bundle(), .with = in_folder("said.yaml")};
  {
    const auto held = evidence::BundleLock::take(bundle());
    ASSERT_TRUE(held);
    EXPECT_EQ(report(attest), ExitCode::kAborted);
    EXPECT_THAT(err_.str(), HasSubstr("another program attests '" + bundle() + "' right now"));
  }
  EXPECT_EQ(report(attest), ExitCode::kPassed);
  EXPECT_EQ(report(attest), ExitCode::kPassed) << "the lock of the first is gone";
}

/// Without those of one long word, as the bundle's path may be: a word is not broken.
std::vector<std::string> lines_beyond(std::size_t width, const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > width && !line.starts_with("bundle /")) found.push_back(line);
  }
  return found;
}

TEST_F(CliReport, WhatWasFoundFitsATerminalAndHasOneLineInAFile) {
  const evidence::SigningKey signer = key();
  write_drill_bundle(&signer);
  put(fs::path(bundle()) / "report.md", "# All is well\n");
  report(ReportVerify{.bundle = bundle()}, 80);
  EXPECT_THAT(lines_beyond(80, out_.str()), testing::IsEmpty());
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("\nok        manifest\n    7 lines, the chain of hashes"),
                                HasSubstr("\nWRONG     files     report.md (line ")));
  report(ReportVerify{.bundle = bundle()});
  EXPECT_THAT(out_.str(), HasSubstr("\nWRONG     files     report.md (line 4 of the manifest): it "
                                    "was changed: it has 14 bytes, the manifest says "));
  put(folder_ / "said.yaml", "plan: The plan\n");
  fs::remove_all(bundle());
  write_small_bundle(&signer);
  report(ReportAttest{.bundle = bundle(), .with = in_folder("said.yaml")}, 80);
  EXPECT_THAT(lines_beyond(80, out_.str()), testing::IsEmpty());
}

TEST_F(CliReport, AnAttestationThatNobodySignsIsWarnedOfWhereTheBundleIsSigned) {
  const evidence::SigningKey signer = key();
  write_small_bundle(&signer);
  put(folder_ / "said.yaml", "plan: The plan\n");
  ReportAttest attest{.bundle = bundle(), .with = in_folder("said.yaml")};
  EXPECT_EQ(report(attest), ExitCode::kPassed);
  EXPECT_EQ(err_.str(),
            "warning: nobody has signed this report: the newest signature is over the manifest up "
            "to line 4\n"
            "  hint: this signs all of it: aftershock report attest " +
                bundle() + " --with " + in_folder("said.yaml") + " --sign KEY.pem\n");
  attest.sign = in_folder("key.pem");
  EXPECT_EQ(report(attest), ExitCode::kPassed);
  EXPECT_EQ(err_.str(), "");
  fs::remove_all(bundle());
  write_small_bundle();
  attest.sign.clear();
  EXPECT_EQ(report(attest), ExitCode::kPassed);
  EXPECT_EQ(err_.str(), "") << "nobody had signed it before";
}

}  // namespace
}  // namespace aftershock::cli

// The command line of `aftershock report` and of its own commands.
#include <algorithm>
#include <array>

#include "harness/cli/commands/shared_options.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  aftershock run scenarios/delta-ci --bundle evidence/2026-11\n"
    "  aftershock report verify evidence/2026-11      that nothing in it was changed\n"
    "  aftershock report render evidence/2026-11 --out report.html\n"
    "  aftershock report attest --template > attestation.yaml\n"
    "  aftershock report attest evidence/2026-11 --with attestation.yaml\n"
    "  aftershock report trend evidence --check       whether any drill became worse\n\n"
    "See docs/EVIDENCE.md.\n";

constexpr const char* kVerifyFooter =
    "Examples:\n"
    "  aftershock report verify evidence/2026-11\n"
    "  aftershock report verify evidence/2026-11 --key auditor.pub.pem\n"
    "  aftershock report verify evidence/2026-11 --replay\n\n"
    "It computes every hash again, draws every page again, makes every decision of the audit logs\n"
    "again, and names what differs. With --replay it also runs every simulated drill again.\n\n"
    "Exit codes: 0 all is as it was, 1 something is wrong, 3 something could not be checked or\n"
    "  it was interrupted, 64 the folder is no bundle.\n";

constexpr const char* kRenderFooter =
    "Examples:\n"
    "  aftershock report render evidence/2026-11\n"
    "  aftershock report render evidence/2026-11 --format html --out report.html\n"
    "  aftershock report render reports/latest/report.json --format junit --out junit.xml\n\n"
    "The same report gives the same bytes. Without --format the name of --out decides, and\n"
    "without that it is Markdown. See 'aftershock report verify' for whether it can be trusted.\n\n"
    "Exit codes: 0, 3 it could not be written, 64 there is no report that can be read.\n";

constexpr const char* kAttestFooter =
    "Examples:\n"
    "  aftershock report attest --template > attestation.yaml\n"
    "  aftershock report attest evidence/2026-11 --with attestation.yaml\n"
    "  aftershock report attest evidence/2026-11 --with attestation.yaml --sign key.pem\n\n"
    "What only people can say goes into the report. The report that was is kept, the manifest\n"
    "goes on, and a signature that was there goes on standing for what it was made for.\n\n"
    "Exit codes: 0, 1 the bundle is not as it was written, 3 it could not be checked or written,\n"
    "  64 the folder is no bundle, or the file has mistakes.\n";

constexpr const char* kTrendFooter =
    "Examples:\n"
    "  aftershock report trend reports/exercises\n"
    "  aftershock report trend evidence --check --tolerance 20\n"
    "  aftershock report trend evidence --format json | jq '.drills[].scenario'\n\n"
    "It reads every report.json below the folders; bundles are such folders, too. A drill is "
    "worse\n"
    "when it passes no more, or when its RTA or RPA is longer than the median of the exercises\n"
    "before the last.\n\n"
    "Exit codes: 0, 1 with --check when a drill became worse, 64 no report was found.\n";

constexpr std::array<std::string_view, 3> kTrendFormats{"text", "md", "json"};

class ReportSyntax : public GroupSyntax {
 public:
  const char* name() const override { return "report"; }
  const char* description() const override {
    return "Verify the evidence of drills, draw its pages, add what people say";
  }
  std::string footer() const override { return kFooter; }

  void add_options(CLI::App& command) override {
    add_verify(command);
    add_render(command);
    add_attest(command);
    add_trend(command);
  }

 private:
  static Understood options(const ReportOptions& options) { return CommandLine(options); }
  static Understood wrong(const std::string& message, std::optional<std::string> hint = {}) {
    return std::unexpected(Mistake{message, std::move(hint)});
  }

  void add_verify(CLI::App& command) {
    CLI::App& part = add_part(command, "verify", "Find out whether a bundle is as it was written",
                              kVerifyFooter, [this]() -> Understood {
                                if (verify_.bundle.empty()) return wrong("verify needs a BUNDLE");
                                return options(verify_);
                              });
    part.add_option("bundle", verify_.bundle, "A folder that 'run --bundle' wrote")
        ->option_text("BUNDLE");
    part.add_option("--key", verify_.key, "Demand a signature by the owner of this public key")
        ->option_text("PUB.pem");
    part.add_flag("--replay", verify_.replay, "Run the simulated drills again");
    part.add_flag("--json", verify_.json, "Print what was found as JSON");
  }

  void add_render(CLI::App& command) {
    CLI::App& part = add_part(command, "render", "Draw a page of a report", kRenderFooter,
                              [this] { return understood_render(); });
    part.add_option("source", render_.source, "A bundle, or a report.json")
        ->option_text("BUNDLE|FILE");
    part.add_option("--format", format_, "html, md, json, junit, csv or prometheus")
        ->option_text("NAME");
    part.add_option("--out", render_.out, "Write it to this file (default: print it)")
        ->option_text("FILE");
  }

  Understood understood_render() {
    if (render_.source.empty()) return wrong("render needs a BUNDLE or a report.json");
    if (format_.empty()) return options(render_);
    const auto format = format_named(format_);
    if (!format) return std::unexpected(format.error());
    render_.format = *format;
    return options(render_);
  }

  void add_attest(CLI::App& command) {
    CLI::App& part = add_part(
        command, "attest", "Add what only people can say", kAttestFooter, [this]() -> Understood {
          if (attest_.print_template) return options(attest_);
          if (attest_.bundle.empty()) return wrong("attest needs a BUNDLE");
          if (attest_.with.empty()) {
            return wrong("attest needs --with FILE", "--template prints one to fill");
          }
          return options(attest_);
        });
    part.add_option("bundle", attest_.bundle, "A folder that 'run --bundle' wrote")
        ->option_text("BUNDLE");
    part.add_option("--with", attest_.with, "The file that people filled")->option_text("FILE");
    part.add_option("--sign", attest_.sign, "Sign it with this Ed25519 private key")
        ->option_text("KEY.pem");
    part.add_flag("--template", attest_.print_template, "Print a file to fill");
  }

  void add_trend(CLI::App& command) {
    CLI::App& part = add_part(command, "trend", "RTA and RPA over many exercises", kTrendFooter,
                              [this] { return understood_trend(); });
    part.add_option("path", trend_.paths, "Folders with reports in them, or report.json")
        ->option_text("FOLDER...");
    part.add_option("--format", trend_format_, "text, md or json (default text)")
        ->option_text("NAME");
    part.add_option("--tolerance", trend_.trend.tolerance_percent,
                    "So many percent longer than usual is not worse (default 10)")
        ->check(CLI::Range(0, 1000))
        ->option_text("PERCENT");
    part.add_option("--window", trend_.trend.window,
                    "So many exercises before the last are usual (default 5)")
        ->check(CLI::Range(1, 1000))
        ->option_text("N");
    part.add_flag("--check", trend_.check, "Exit with 1 when a drill became worse");
  }

  Understood understood_trend() {
    if (trend_.paths.empty()) return wrong("trend needs a FOLDER with reports in it");
    const auto found = std::ranges::find(kTrendFormats, trend_format_);
    if (found == kTrendFormats.end()) {
      return wrong("--format: there is no '" + one_line(trend_format_) + "'",
                   "one of text, md, json");
    }
    trend_.format = static_cast<TrendFormat>(found - kTrendFormats.begin());
    return options(trend_);
  }

  ReportVerify verify_;
  ReportRender render_;
  ReportAttest attest_;
  std::string format_;
  ReportTrend trend_;
  std::string trend_format_ = "text";
};

}  // namespace

std::unique_ptr<Syntax> report_syntax() { return std::make_unique<ReportSyntax>(); }

}  // namespace aftershock::cli

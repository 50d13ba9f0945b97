#include "harness/cli/run_bundle.h"

#include "harness/evidence/attestation.h"
#include "reports/text.h"

namespace aftershock::cli {

std::expected<RunBundle, std::string> RunBundle::prepare(const RunOptions& options) {
  RunBundle bundle;
  if (!options.sign.empty()) {
    auto key = evidence::SigningKey::read(options.sign);
    if (!key) return std::unexpected("--sign: " + key.error());
    bundle.key_ = *std::move(key);
  }
  if (!options.attest.empty()) {
    auto said = evidence::load_attestation(options.attest);
    if (!said) return std::unexpected("--attest:\n" + format_diagnostics(said.error()));
    bundle.attestation_ = *std::move(said);
  }
  if (options.bundle.empty()) return bundle;
  auto writer = evidence::BundleWriter::begin(options.bundle);
  if (!writer) return std::unexpected("--bundle: " + writer.error());
  bundle.writer_ = *std::move(writer);
  return bundle;
}

void RunBundle::observe(DrillOptions& drill) {
  if (writer_) writer_->observe(drill);
}

void RunBundle::add(const Scenario& scenario, const DrillReport& report) {
  if (writer_) writer_->add(scenario, report);
}

void RunBundle::attest(OccasionReport& occasion) const {
  if (attestation_) occasion.attestation = attestation_;
}

bool RunBundle::deliver(const Report& report, const RunOptions& options, Console err) {
  if (!writer_) return true;
  const auto written = writer_->finish(report, key_ ? &*key_ : nullptr);
  if (written && !options.quiet) err.stream << "bundle: " << one_line(options.bundle) << "\n";
  if (!written) {
    err.stream
        << "error: --bundle: " << written.error()
        << "\n  hint: there is no bundle; make room or choose another folder, and run again: "
           "the same seed gives the same drills\n";
  }
  return written.has_value();
}

}  // namespace aftershock::cli

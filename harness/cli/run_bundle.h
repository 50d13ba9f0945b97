// What `run` does for --bundle, --attest and --sign.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/evidence/bundle_writer.h"
#include "harness/evidence/signature.h"

namespace aftershock::cli {

class RunBundle {
 public:
  /// Before the first drill; does nothing more when no bundle is asked for.
  static std::expected<RunBundle, std::string> prepare(const RunOptions& options);

  /// Before and after a drill, see BundleWriter.
  void observe(DrillOptions& drill);
  void add(const Scenario& scenario, const DrillReport& report);
  /// With what people say of the exercise, if they said it beforehand.
  void attest(OccasionReport& occasion) const;
  /// Whether the bundle is whole under its name, if one was asked for; says so.
  bool deliver(const Report& report, const RunOptions& options, Console err);

 private:
  std::unique_ptr<evidence::BundleWriter> writer_;
  std::optional<evidence::SigningKey> key_;
  std::optional<AttestationReport> attestation_;
};

}  // namespace aftershock::cli

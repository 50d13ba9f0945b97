// Verifies an evidence bundle: recomputes everything that can be recomputed, and names what
// differs.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/drill.h"
#include "harness/evidence/manifest.h"
#include "harness/evidence/signature.h"

namespace aftershock::evidence {

enum class Finding : std::uint8_t {
  good,
  note,       ///< to be known, and no flaw
  unchecked,  ///< it could not be checked: nothing is said about it
  wrong
};

/// One thing that was looked at.
struct Check {
  Finding finding = Finding::good;
  std::string subject;  ///< "manifest", "files", "report", "drills", "audit", "pages", ...
  std::string message;
  std::string file = {};   ///< that it is about; empty: several, or none
  std::uint64_t line = 0;  ///< of the manifest, or else of that file; 0: none
};

struct Verification {
  std::string exercise, tool;  ///< empty: the manifest could not be read
  std::vector<Check> checks;
  // What was read, and so what was verified when nothing is wrong or unchecked.
  std::optional<Manifest> manifest;
  std::optional<Report> report;
  std::vector<Signature> signatures;  ///< oldest first

  bool has(Finding finding) const;
  /// Nothing is wrong or unchecked but pages that this program does not draw so: they are drawn
  /// again, and their bytes are the manifest's.
  bool is_attestable() const;
};

struct VerifyOptions {
  const PublicKey* key = nullptr;  ///< that must have signed all of it; null: none must
  /// Runs a drill again; empty: none is.
  std::function<DrillReport(const Scenario&, const DrillOptions&)> run_drill = {};
  std::string build = {};  ///< SHA-256 of this program; empty: unknown
  std::function<bool()> interrupted = [] { return false; };
};

/// The error: the folder is no bundle at all.
std::expected<Verification, std::string> verify(const std::string& folder,
                                                const VerifyOptions& options);

}  // namespace aftershock::evidence

// Writes an evidence bundle while the drills run: to a folder beside its own, which takes its name
// when all of it is on the disk. docs/EVIDENCE.md says what a bundle holds.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "harness/drill.h"
#include "harness/evidence/files.h"
#include "harness/evidence/manifest.h"
#include "harness/evidence/names.h"
#include "harness/evidence/signature.h"

namespace aftershock::evidence {

class BundleWriter {
 public:
  /// `folder` must be new or empty, and stays as it is until finish().
  static std::expected<std::unique_ptr<BundleWriter>, std::string> begin(const std::string& folder);
  BundleWriter(const BundleWriter&) = delete;
  BundleWriter& operator=(const BundleWriter&) = delete;
  ~BundleWriter();  ///< without finish() nothing is left behind

  /// Has the drill that comes next observed; it is the same drill as without. The writer outlives
  /// its run.
  void observe(DrillOptions& drill);
  /// The drill that was observed, in the order of the report. After an error there is no bundle:
  /// finish() gives it again.
  void add(const Scenario& scenario, const DrillReport& report);
  /// The folder is whole under its name, or why not.
  std::expected<void, std::string> finish(const Report& report, const SigningKey* key);

 private:
  BundleWriter(std::string folder, std::string temporary);

  void add_file(const std::string& name, std::expected<FileDigest, std::string> written);
  void add_scenario(const Scenario& scenario, const std::string& folder);
  void fail(const std::string& why);
  std::string path_of(const std::string& name) const { return temporary_ + "/" + name; }

  std::string folder_, temporary_;
  DrillFolders folders_;
  std::vector<FileEntry> drills_;  ///< their files, in order
  Trace trace_;                    ///< of the drill that is observed
  std::unique_ptr<HashingStream> audit_;
  std::string error_;  ///< the first
};

/// Writes report.json and the pages below `folder`; their lines go to the manifest.
std::expected<void, std::string> write_report_files(const Report& report, const std::string& folder,
                                                    Manifest& manifest);
/// Writes the manifest, and with a key one more signature behind `signatures`.
std::expected<void, std::string> seal(const Manifest& manifest, const std::string& signatures,
                                      const SigningKey* key, const std::string& folder);

/// Whether a bundle may be made here: new, or an empty folder.
std::expected<void, std::string> is_free(const std::string& folder);

/// Absolute, without dots and slashes that mean nothing.
std::string settled(const std::string& folder);
/// "DIR/.NAME.1234", beside the folder.
std::string temporary_beside(const std::string& folder);

/// Of one drill, as the bundle's files hold them.
void write_trace(const Trace& trace, const DrillReport& report, std::ostream& out);

}  // namespace aftershock::evidence

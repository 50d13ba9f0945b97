// The work of verify(), by what is verified. Only for harness/evidence/.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/evidence/files.h"
#include "harness/evidence/manifest.h"
#include "harness/evidence/verify.h"
#include "reports/formats.h"
#include "reports/report.h"

namespace aftershock::evidence {

class Verifier {
 public:
  Verifier(const std::string& folder, const VerifyOptions& options, Verification& result)
      : folder_(folder),
        options_(options),
        result_(result),
        manifest_(result.manifest),
        report_(result.report),
        signatures_(result.signatures) {}

  void run();

 private:
  void add(Finding finding, std::string subject, std::string message, std::string file = {},
           std::uint64_t line = 0);
  /// With the line of the manifest that is about the file.
  void add_about(Finding finding, std::string subject, std::string message,
                 const std::string& file);

  /// Then this is not looked at, which is said.
  bool is_interrupted(const std::string& subject, const std::string& file);

  // Manifest, files and signatures (verify.cpp)
  bool read_manifest();
  void check_presence(const Listing& listing);
  void check_hashes();
  bool check_hash(const Manifest::Line& line);
  /// The signatures that can be read, with the files of their keys.
  void read_signatures();
  void check_signature(const Signature& signature, std::uint64_t number);
  void check_signed();
  /// Whether the file is there and its bytes are those of the manifest.
  bool is_sound(const std::string& file) const { return sound_.contains(file); }
  /// Of a sound file, the bytes that were found to be so.
  std::optional<std::string> read_sound(const std::string& subject, const std::string& file,
                                        std::uint64_t limit);

  // What the files say (verify_report.cpp)
  void check_report();
  bool read_the_report();
  void check_former_reports();
  void check_pages();
  void check_page(const Manifest::Line& line, ReportFormat format, std::uint64_t& same);
  void check_expected_files();

  // Drills (verify_drills.cpp)
  void check_drills();
  bool check_scenario(const DrillReport& drill, const std::string& folder);
  bool check_trace(const DrillReport& drill, const std::string& folder);
  std::optional<std::uint64_t> check_audit_of(const DrillReport& drill, const std::string& folder);
  void replay_drills();
  bool is_of_another_build() const;
  bool replay_drill(const DrillReport& drill, const std::string& folder);
  bool compare(const DrillReport& before, const DrillReport& now, const std::string& folder);
  std::optional<Scenario> scenario_of(const DrillReport& drill, const std::string& folder);

  const std::string& folder_;
  const VerifyOptions& options_;
  Verification& result_;
  std::optional<Manifest>& manifest_;
  std::optional<Report>& report_;
  std::vector<Signature>& signatures_;
  std::set<std::string> known_;  ///< files that may be there
  std::set<std::string> sound_;
  std::set<std::string> good_signers_;  ///< fingerprints, of the last line
};

}  // namespace aftershock::evidence

// The one part of a report that is no function of (scenario, seed, build): the occasion on which
// the drills were run, and what people say of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aftershock {

/// From the file of --history, before this time.
struct HeldReport {
  std::string scenario;
  std::optional<std::string> drilled = {};  ///< when it was last: "2026-11-28T09:00:00Z"
  std::optional<std::string> passed = {};   ///< when it last passed
};

/// Of the machine that ran the drills.
struct EnvironmentReport {
  std::string host;
  std::string system;  ///< "Linux 6.1.0 x86_64"
  std::uint64_t processors = 0;
  std::string build;    ///< SHA-256 of the program
  std::string command;  ///< as it was given
};

enum class ChangeKind : std::uint8_t { added, removed, scenario, verdict, rta, rpa };

/// A drill that is not what it was in the report before.
struct ChangeReport {
  std::string scenario;
  ChangeKind kind = ChangeKind::verdict;
  std::string before = {}, after = {};
  bool worse = false;
};

struct ChangesReport {
  std::string since;  ///< when the exercise of that report began
  std::string exercise;
  std::vector<ChangeReport> changes = {};
};

// What only people can say: the file of --attest. Every text may be empty: a blank that is not
// filled yet.

struct ParticipantReport {
  std::string name, role;
};

struct FindingReport {
  std::string finding, owner, due, status, retest;
};

/// Of the record of communication during the exercise.
struct NoticeReport {
  std::string at, severity, recipients, channel, message;
};

struct AttestationReport {
  std::string plan, plan_version, location, scope, rationale, objectives_set_on;
  std::vector<ParticipantReport> participants = {};
  std::vector<std::string> deviations = {};
  std::vector<FindingReport> findings = {};
  std::vector<NoticeReport> notices = {};
  std::string accepted_risks, conclusion, reported_to;
  std::string reviewed_by, approved_by, approved_on;
  std::string attested_by, attested_on;
};

struct OccasionReport {
  std::string exercise = {};  ///< its id: "20261128T090000Z-3f2a91bc"; empty: nobody noted it down
  std::string began = {}, ended = {};  ///< "2026-11-28T09:00:00Z"
  EnvironmentReport environment = {};
  std::vector<HeldReport> history = {};  ///< of every scenario; empty: there is no history
  std::optional<ChangesReport> changes = {};
  std::optional<AttestationReport> attestation = {};
};

}  // namespace aftershock

// The report model: everything that a drill measured. JSON is its one true form; tables and pages
// are drawn from it. Definitions: docs/MEASUREMENT.md. Times are virtual or real as `world` says,
// counted from time 0 of the drill's fault timeline (the end of the warm-up).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/activity.h"
#include "reports/objectives.h"
#include "reports/occasion.h"

namespace aftershock {

enum class Verdict : std::uint8_t { pass, fail, inconclusive, aborted };

struct FaultReport {
  std::string id;
  std::string kind;
  std::vector<std::string> targets;
  std::optional<Bounds> effective;  ///< [requested, confirmed]
  std::optional<Duration> healed;
  bool bit = false;      ///< proven to have taken effect
  std::string evidence;  ///< what shows it
};

/// A step of the runbook.
struct StepReport {
  std::string id;
  std::string step;     ///< what was done
  std::string by;       ///< "operator" or "automation"
  std::string trigger;  ///< what made them begin
  std::optional<Duration> triggered;
  Duration assumed_delay{};       ///< not simulated: notice, decide, begin
  std::optional<Duration> began;  ///< triggered + assumed_delay
  std::optional<Duration> ended;
  bool done = false;
  std::string outcome;
};

/// A role of the order in which the system is started again.
struct OrderReport {
  std::string role;
  std::optional<Duration> lost;        ///< first seen not ready; none: it always was
  std::optional<Duration> began;       ///< a step of the runbook began to start it
  std::vector<std::string> not_ready;  ///< of the roles above it, at that moment
  std::optional<Duration> ready;       ///< from here on to the end of the observation
  std::optional<Duration> within;      ///< asked for, from `began`
  std::string seen;                    ///< at the last look
  bool met = false;
};

/// An item of the checklist after the recovery.
struct CheckReport {
  std::string check = {};
  std::string seen = {};
  bool ok = false;
};

/// One time that an alert fired.
struct AlertReport {
  std::string name;
  Duration at{};
  std::optional<Duration> resolved;
  std::string diagnosis;  ///< what the doctor held responsible at that moment
};

/// An alert that had to fire.
struct DetectionReport {
  std::string alert;
  Duration within{};              ///< asked for, from t0
  std::string diagnosis;          ///< asked for; empty: anything
  std::optional<Duration> after;  ///< fired so long after t0; none: it did not
  std::string found;              ///< what the runbook's checklist pointed at then
  bool met = false;
};

/// The way back, split; each from t0. Absent: not seen.
struct PhaseReport {
  std::optional<Duration> detected;       ///< first alert that fired after t0
  std::optional<Duration> first_failure;  ///< first canary that failed
  std::optional<Duration> last_failure;
  std::optional<Duration> decided;   ///< first step of the runbook that began
  std::optional<Duration> restored;  ///< last step done, or last fault lifted
  std::optional<Duration> served;    ///< service holds from here on
  std::optional<Duration> drained;   ///< no affected work left behind
};

enum class InvariantStatus : std::uint8_t { held, violated, excepted };
struct InvariantReport {
  std::string name;
  InvariantStatus status = InvariantStatus::held;
  std::uint64_t checks = 0;  ///< how often there was something to check
  std::string reason;        ///< when excepted
};

struct ViolationReport {
  std::string invariant;
  Duration at{};
  std::string message;
  std::vector<std::string> rows;    ///< the rows involved
  std::vector<std::string> events;  ///< the last audit events, oldest first
};

/// How often a rare path was taken: a drill that claims one and never takes it proves nothing.
struct MarkReport {
  std::string name;
  std::uint64_t count = 0;
  std::uint64_t wanted = 0;  ///< at least this often, says the scenario; 0: it claims nothing
};

struct CanaryReport {
  std::uint64_t sent = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  Duration slowest{};  ///< of those that succeeded
};

struct WorkloadReport {
  std::uint64_t submitted = 0;  ///< runs that the client tried to submit
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;  ///< turned away, nothing done
  std::uint64_t succeeded = 0, failed = 0, timed_out = 0, cancelled = 0;
  std::uint64_t unfinished = 0;
  std::uint64_t attempts = 0;
  std::uint64_t lost_leases = 0;
};

struct DrillReport {
  std::string scenario;
  std::string title;
  std::string document;
  std::string section;
  std::string path;
  std::string system;     ///< the folder that the file is in: "delta-ci"
  std::string sha256;     ///< of the file, hexadecimal; empty: the scenario is of no file
  std::string rationale;  ///< why this drill
  std::string cluster;    ///< what it ran on: "2 orchestrators, 8 runners, ..."
  std::string world = "simulated";
  std::uint64_t seed = 0;
  std::string schedule = "random";  ///< as `--schedule` takes it
  std::string digest;               ///< hexadecimal; equal for equal (scenario, seed, build)
  std::uint64_t steps = 0;
  Duration virtual_time{};
  Verdict verdict = Verdict::aborted;
  std::vector<std::string> reasons;  ///< for anything but a pass, a sentence each
  RecoveryReport rto;
  LossReport rpo;
  std::vector<FaultReport> faults;
  std::vector<AlertReport> alerts;  ///< in the order in which they fired
  std::vector<StepReport> runbook;
  std::vector<OrderReport> recovery_order;
  std::vector<CheckReport> checklist;
  std::vector<DetectionReport> detection;
  std::vector<ThresholdReport> thresholds;
  PhaseReport phases;
  CanaryReport canary;
  WorkloadReport workload;
  std::vector<MarkReport> marks;
  std::vector<InvariantReport> invariants;
  std::vector<ViolationReport> violations;
  ActivityReport activity;
  std::string replay;  ///< the command that runs exactly this again
};

struct Report {
  static constexpr int kVersion = 4;
  std::string tool_version;
  std::vector<DrillReport> drills;
  std::uint64_t not_run = 0;  ///< drills that were asked for and not begun: an interrupt came
  OccasionReport occasion = {};
};

}  // namespace aftershock

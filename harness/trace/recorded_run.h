// A drill with every step that its simulation made and every event of its trace: what two runs
// that should be one are compared by. As a text it is what `--format steps` writes and reads.
#pragma once

#include <cstdint>
#include <expected>
#include <istream>
#include <ostream>
#include <string>

#include "harness/other_build.h"
#include "harness/scenario/scenario.h"
#include "harness/schedule.h"
#include "reports/report.h"
#include "reports/trace.h"
#include "simulator/kernel/step_log.h"

namespace aftershock {

struct RecordedRun {
  std::string name;  ///< for people: "seed 7 of outage.yaml", "build/debug/aftershock"
  sim::StepLog steps;
  Trace trace;  ///< of one that was read: times, steps, places, kinds, texts
  DrillReport report;
};

/// Runs the scenario in this process.
RecordedRun record_run(const Scenario& scenario, std::uint64_t seed,
                       const ScheduleSpec& schedule = {});

/// Lines of words between tabs: a head, the steps, the events in between, a tail. Some 60 bytes a
/// step.
void write_steps(const RecordedRun& run, std::ostream& out);
/// What write_steps() wrote; else what is wrong, with the number of the line.
std::expected<RecordedRun, std::string> read_steps(std::istream& in, std::string name);
/// Whether the file begins as write_steps() does.
bool is_steps_file(const std::string& path);

/// Has another build of the program run the seed and write its steps.
std::expected<RecordedRun, std::string> record_by_program(const ProgramRun& run);

}  // namespace aftershock

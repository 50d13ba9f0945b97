#include "harness/drill.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/engine/drill_run.h"
#include "harness/engine/judge.h"
#include "harness/engine/references.h"
#include "harness/explore/history.h"
#include "harness/marks/marks.h"
#include "harness/nemesis.h"
#include "harness/scenario/cluster_text.h"
#include "harness/trace/world_trace.h"
#include "harness/worlds/simulated_cluster.h"
#include "reports/json.h"
#include "reports/shell_quote.h"
#include "reports/words.h"

namespace aftershock {

namespace {

ObjectiveReport objective(const Objective& spec) {
  ObjectiveReport report;
  report.target = spec.target;
  report.max = spec.max;
  report.stated_by = name_of(spec.stated_by);
  report.derivation = spec.derivation;
  if (spec.typical) {
    report.typical =
        TypicalReport{spec.typical->range.min, spec.typical->range.max, spec.typical->differs};
  }
  return report;
}

std::string replay_command(const Scenario& scenario, const DrillOptions& options) {
  std::string command =
      "aftershock run " + shell_quoted(scenario.path) + " --seed " + std::to_string(options.seed);
  if (!options.schedule.is_default()) {
    command += " --schedule " + shell_quoted(text_of(options.schedule));
  }
  return command;
}

DrillReport describe(const Scenario& scenario, const DrillOptions& options) {
  DrillReport report;
  report.scenario = scenario.name;
  report.title = scenario.title;
  report.document = scenario.source.document;
  report.section = scenario.source.section;
  report.path = scenario.path;
  report.system = std::filesystem::path(scenario.path).parent_path().filename().string();
  report.sha256 = scenario.sha256;
  report.rationale = scenario.rationale;
  report.cluster = cluster_text(scenario.cluster);
  report.seed = options.seed;
  report.schedule = text_of(options.schedule);
  report.rto.objective = objective(scenario.objectives.rto);
  report.rto.recovered_when = name_of(scenario.objectives.recovered_when);
  report.rpo.objective = objective(scenario.objectives.rpo);
  report.rpo.measured_on = name_of(scenario.objectives.measured_on);
  report.replay = replay_command(scenario, options);
  return report;
}

std::vector<WitnessedRun> witnessed_runs(const std::vector<WitnessedWrite>& writes) {
  std::vector<WitnessedRun> runs;
  for (const WitnessedWrite& write : writes) runs.push_back(write.run);
  return runs;
}

sim::ChoicePath path_of(const Scenario& scenario, const ScheduleSpec& schedule) {
  const auto at = [&scenario](delta::Duration since_zero) {
    const delta::Duration warm_up = scenario.steady_state.warm_up;
    return since_zero < delta::Duration::max() - warm_up ? sim::SimTime(warm_up + since_zero)
                                                         : sim::kForever;
  };
  const ExploredWindow& window = schedule.window;
  return sim::ChoicePath({at(window.from), at(window.until), window.depth}, schedule.deviations);
}

/// Nothing stops or slows a runner, no clock is wrong, and nothing takes back what the database
/// promised: so no runner has an excuse to work for longer than its lease lives.
bool runners_know_the_time(const Scenario& scenario) {
  const auto excuses = [](const FaultSpec& fault) {
    const bool stops = fault.kind == "process.pause" || fault.kind == "process.cpu_stress";
    return stops || fault.kind.starts_with("clock.") || fault.kind.starts_with("lease.") ||
           fault.kind.starts_with("disk.") || fault.kind == "database.restore" ||
           fault.kind == "database.corrupt" || fault.kind == "database.edit_row" ||
           fault.kind == "database.failover" || fault.kind == "database.promote";
  };
  const auto restores = [](const StepSpec& step) {
    return step.kind == "restore_database" || step.kind == "promote_standby";
  };
  return std::ranges::none_of(scenario.faults, excuses) &&
         std::ranges::none_of(scenario.runbook, restores);
}

/// The simulated world of one drill, wired up.
class SimulatedDrill {
 public:
  SimulatedDrill(const Scenario& scenario, const DrillOptions& options)
      : scenario_(scenario),
        options_(options),
        path_(path_of(scenario, options.schedule)),
        kernel_({.seed = options.seed,
                 .schedule = options.schedule.kind,
                 .pct = {options.schedule.pct_depth, options.schedule.pct_choices},
                 .guide = &path_,
                 .tick = options.schedule.tick,
                 .log = options.step_log,
                 .stacks = options.stacks}),
        tracing_(options.trace != nullptr ? std::make_unique<Tracing>(kernel_, *options.trace,
                                                                      scenario.steady_state.warm_up)
                                          : nullptr),
        cluster_(kernel_, scenario, options.seed,
                 {[this] { return rewinds_; },
                  [this](const delta::Request& request, const delta::Response& response,
                         std::uint64_t asked_in) {
                    judge_.on_answer({request, response, asked_in < rewinds_});
                    marks_.on_answer(request, response);
                  },
                  tracing_ ? &tracing_->world : nullptr}),
        judge_(scenario, kernel_, cluster_.world().database, cluster_.world().secrets.values(),
               sim::SimTime(scenario.steady_state.warm_up)),
        runners_know_the_time_(runners_know_the_time(scenario)) {
    if (tracing_) trace_all();
    sim::DatabaseCluster& database = cluster_.world().database;
    database.on_commit([this](const CommitView& commit) {
      judge_.on_commit(commit);
      if (runners_know_the_time_) show_expiries(commit);
      marks_.on_commit(commit);
      if (options_.choices != nullptr) history_.on_commit(commit.writes);
    });
    database.on_outside_write(
        [this](const CommitView& commit) { judge_.on_outside_write(commit); });
    database.on_stray_commit(
        [this](const CommitView& commit, std::size_t) { judge_.on_stray_commit(commit); });
    database.on_rewind([this](const sim::Tables& tables, const sim::RecoveryPoint&) {
      ++rewinds_;
      history_.on_rewind();
      judge_.on_rewind(tables);
      marks_.on_rewind(tables);
    });
    kernel_.on_panic(
        [this](sim::Process& process, const sim::Panic& panic) { on_panic(process, panic); });
  }

  DrillReport run() {
    DrillReport report = describe(scenario_, options_);
    kernel_.run([this, &report] {
      cluster_.start();
      DrillRun drill(scenario_, cluster_, options_, tracing_ ? &tracing_->recorder : nullptr);
      drill.run();
      drill.fill(report);
      read_and_verify(drill, report);
    });
    report.digest = delta::to_hex(0, kernel_.digest()).substr(16);
    report.steps = kernel_.steps();
    record_choices(report);
    decide_verdict(scenario_, report);
    if (tracing_) trace_verdict(report);
    return report;
  }

 private:
  struct Tracing {
    Tracing(sim::Kernel& kernel, Trace& trace, Duration warm_up)
        : recorder(trace,
                   [&kernel, warm_up] {
                     return TraceRecorder::Moment{kernel.now().time_since_epoch() - warm_up,
                                                  kernel.steps()};
                   }),
          world(kernel, recorder) {}

    TraceRecorder recorder;
    WorldTrace world;
  };

  /// Before any other observer, so that what a checker finds comes after what it found it in.
  void trace_all() {
    options_.trace->begin = -scenario_.steady_state.warm_up;
    options_.trace->hosts = cluster_.world().network.names();
    tracing_->world.attach(cluster_.world());
    judge_.on_violation([this](const ViolationReport& violation, delta::RunId run) {
      TraceEvent event{.kind = TraceKind::violation,
                       .what = "broken",
                       .subject = violation.invariant,
                       .text = violation.invariant + " broken: " + violation.message};
      if (!run.is_nil()) event.about.push_back({run, 0, {}});
      tracing_->recorder.add(std::move(event));
    });
  }

  void trace_verdict(const DrillReport& report) {
    TraceEvent event{.kind = TraceKind::verdict, .what = std::string(name_of(report.verdict))};
    event.text = event.what + ", digest " + report.digest;
    tracing_->recorder.add(std::move(event));
  }

  void record_choices(DrillReport& report) {
    const bool guided = options_.schedule.kind == sim::Schedule::guided;
    const bool followed = !guided || path_.followed();
    if (!followed) {
      report.reasons.emplace_back(
          "the schedule names a choice that this drill does not have: it is of another file, seed "
          "or build");
    }
    if (options_.choices == nullptr) return;
    *options_.choices = {kernel_.choices(), history_.digest(), path_.ready_counts(), followed};
  }

  void show_expiries(const CommitView& commit) {
    for (std::size_t i = 0; i < commit.writes.attempts.size(); ++i) {
      const delta::Attempt& row = commit.writes.attempts[i].row;
      const delta::Attempt* before = commit.before.attempts[i];
      const bool expired = row.state == delta::AttemptState::lost &&
                           row.lease_end == delta::LeaseEnd::expired && before != nullptr &&
                           before->state != delta::AttemptState::lost;
      if (expired) judge_.on_expiry(row, cluster_.is_worked_on(row));
    }
  }

  const sim::Tables& tables() { return cluster_.world().database.tables(); }

  /// A panic kills its process, as std::terminate would; its supervisor brings it back.
  void on_panic(sim::Process& process, const sim::Panic& panic) {
    if (panic.fiber != sim::kInjectedPanic) judge_.on_panic(process, panic);
    cluster_.world().each_node([this, &process](sim::Node& node) {
      if (node.process() != &process) return;
      kernel_.at(kernel_.now(), [&process, &node] {
        if (node.process() == &process) node.kill(sim::EndCause::panicked);
      });
    });
  }

  void read_and_verify(const DrillRun& drill, DrillReport& report) {
    report.virtual_time = kernel_.now().time_since_epoch();
    const std::vector<WitnessedRun> witnessed = witnessed_runs(drill.acknowledged());
    const sim::ArtifactServer& store = cluster_.world().artifacts;
    FinalRead read{tables(),  store.objects(),         store.expired(),
                   witnessed, scenario_.settings,      cluster_.world().database.now(),
                   {},        !scenario_.safety_only()};
    for (const auto& [id, run] : tables().runs()) {
      if (!drill.quiesced() && !is_terminal(run.state)) read.unfinished.push_back(id);
    }
    judge_.on_final(read);
    fill_marks(report);
    count_outcomes(report);
    report.rpo.dangling = dangling_references(read);
    measure_loss(drill, report);
    fill_leases(drill, report);
    if (!cluster_.world().secrets.values().empty()) look_into(report);
    judge_.fill(report);
    drill.fill_checklist(report);
    if (!options_.audit) return;
    for (const delta::AuditEvent& event : tables().audit()) options_.audit(event);
  }

  /// Shows the checkers what the report will say.
  void look_into(const DrillReport& report) {
    Report draft;
    draft.drills.push_back(report);
    judge_.fill(draft.drills.back());
    judge_.on_report(write_report(draft));
  }

  /// All that were taken or claimed. A claim that did not come true makes the drill inconclusive.
  void fill_marks(DrillReport& report) {
    for (std::size_t i = 0; i < kMarks; ++i) {
      MarkReport mark;
      mark.name = mark_catalogue()[i].name;
      mark.count = marks_.count(static_cast<Mark>(i));
      for (const ClaimedMark& claim : scenario_.exercises) {
        if (claim.name == mark.name) mark.wanted = claim.at_least;
      }
      if (mark.count < mark.wanted) {
        report.reasons.push_back("the drill claims " + mark.name + " at least " +
                                 std::to_string(mark.wanted) + " times, and saw it " +
                                 std::to_string(mark.count) + " times");
      }
      if (mark.count > 0 || mark.wanted > 0) report.marks.push_back(std::move(mark));
    }
  }

  void count_outcomes(DrillReport& report) {
    WorkloadReport& counts = report.workload;
    for (const auto& [id, run] : tables().runs()) {
      switch (run.state) {
        case delta::RunState::succeeded: ++counts.succeeded; break;
        case delta::RunState::failed: ++counts.failed; break;
        case delta::RunState::timed_out: ++counts.timed_out; break;
        case delta::RunState::cancelled: ++counts.cancelled; break;
        case delta::RunState::queued:
        case delta::RunState::running:
        case delta::RunState::cancel_requested: ++counts.unfinished; break;
      }
    }
    counts.attempts = tables().attempts().size();
    for (const auto& [id, attempt] : tables().attempts()) {
      if (attempt.state == delta::AttemptState::lost) ++counts.lost_leases;
    }
  }

  /// Runs that no operation names: an operation had more than one effect.
  std::uint64_t duplicated_runs() {
    std::set<delta::RunId> named;
    for (const auto& [id, operation] : tables().operations()) {
      const auto* reply = std::get_if<delta::SubmitReply>(&operation.reply.body);
      if (reply != nullptr) named.insert(reply->run);
    }
    // Of older runs the operation may have been deleted.
    const delta::DbTime kept_since =
        cluster_.world().database.now() - scenario_.settings.operation_ttl;
    return static_cast<std::uint64_t>(std::ranges::count_if(tables().runs(), [&](const auto& run) {
      return run.second.submitted_at > kept_since && !named.contains(run.first);
    }));
  }

  void measure_loss(const DrillRun& drill, DrillReport& report) {
    const auto t0 = drill.first_effect();
    if (!t0) return;
    std::vector<LostWrite> lost;
    for (const WitnessedWrite& write : drill.acknowledged()) {
      if (tables().run(write.run.reply.run) != nullptr) continue;
      lost.push_back({drill.since_zero(write.acknowledged_at)});
      if (report.rpo.lost_writes.size() < kMostLostWrites) {
        report.rpo.lost_writes.push_back(
            {to_string(write.run.reply.run), lost.back().acknowledged_at});
      }
      if (lost.back().acknowledged_at > t0->upper) ++report.rpo.lost_after_t0;
    }
    report.rpo.lost = lost.size();
    report.rpo.duplicated = duplicated_runs();
    report.rpo.measured = recovery_point(lost, *t0);
    report.rpo.redone = cluster_.work_redone();
    report.rpo.objective.judgement =
        judge_loss(*report.rpo.judged(), report.rpo.objective.target, report.rpo.objective.max);
  }

  /// From shortly before the first effect to shortly after the recovery, or all that was watched.
  void fill_leases(const DrillRun& drill, DrillReport& report) const {
    constexpr Duration kAround = std::chrono::seconds(30);
    const auto t0 = drill.first_effect();
    if (!t0) return;
    const Duration way_back = report.rto.measured ? report.rto.measured->upper : report.rto.watched;
    cluster_.leases().fill({t0->lower - kAround, t0->lower + way_back + kAround},
                           scenario_.steady_state.warm_up, report.activity);
  }

  const Scenario& scenario_;
  const DrillOptions& options_;
  std::uint64_t rewinds_ = 0;  ///< of the database
  sim::ChoicePath path_;       ///< only a guided schedule follows it
  sim::Kernel kernel_;
  std::unique_ptr<Tracing> tracing_;  ///< null: nobody wants a trace
  SimulatedCluster cluster_;
  Judge judge_;
  MarkCounter marks_;
  History history_;
  const bool runners_know_the_time_;
};

}  // namespace

DrillReport run_simulated(const Scenario& scenario, const DrillOptions& options) {
  const Scenario drawn = with_nemesis(scenario, options.seed);
  DrillOptions complete = options;
  complete.schedule = estimated(scenario, options.schedule);
  return SimulatedDrill(drawn, complete).run();
}

DrillReport aborted_report(const Scenario& scenario, const DrillOptions& options,
                           const std::string& error) {
  DrillReport report = describe(scenario, options);
  report.verdict = Verdict::aborted;
  report.reasons.push_back("internal error: " + error);
  return report;
}

ScheduleSpec estimated(const Scenario& scenario, const ScheduleSpec& schedule) {
  if (schedule.kind != sim::Schedule::pct || schedule.pct_choices > 0) return schedule;
  ChoiceRecord counted;
  run_simulated(scenario, {.schedule = {.tick = schedule.tick}, .choices = &counted});
  ScheduleSpec complete = schedule;
  complete.pct_choices = std::max<std::uint64_t>(counted.choices, 1);
  return complete;
}

}  // namespace aftershock

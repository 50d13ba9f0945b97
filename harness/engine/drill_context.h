// What the parts of one drill share.
#pragma once

#include "core/stop_signal.h"
#include "harness/cluster.h"
#include "harness/engine/baseline.h"
#include "harness/engine/task_group.h"
#include "harness/engine/witness.h"
#include "harness/scenario/scenario.h"
#include "harness/trace/recorder.h"

namespace aftershock {

struct DrillContext {
  DrillContext(const Scenario& scenario_, Cluster& cluster_, TraceRecorder* trace_)
      : scenario(scenario_),
        cluster(cluster_),
        trace(trace_),
        runtime(cluster_.runtime()),
        zero(runtime.clock.now() + scenario_.steady_state.warm_up),
        client_transport(cluster_.transport(), runtime.clock),
        witness(runtime),
        clients(runtime),
        tasks(runtime),
        load_stop(runtime),
        watch_stop(runtime) {}

  delta::MonoTime now() const { return runtime.clock.now(); }
  /// From time 0 of the fault timeline; negative during the warm-up.
  delta::Duration since_zero() const { return now() - zero; }
  /// Adds the event that `describe` returns to the trace; costs nothing when none is wanted.
  template <class Describe>
  void note(Describe describe) const {
    if (trace != nullptr) [[unlikely]]
      trace->add(describe());
  }

  const Scenario& scenario;
  Cluster& cluster;
  TraceRecorder* trace;  ///< null: none is wanted
  delta::Runtime runtime;
  const delta::MonoTime zero;
  TimedTransport client_transport;  ///< of workload and canary
  Witness witness;
  TaskGroup clients;             ///< workload and canary
  TaskGroup tasks;               ///< faults, and what watches the recovery
  delta::StopSignal load_stop;   ///< ends workload and canary
  delta::StopSignal watch_stop;  ///< ends whatever watches the recovery
};

}  // namespace aftershock

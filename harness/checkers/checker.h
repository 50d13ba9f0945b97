// Invariant checkers: independent of the code they judge, one file each. They see every commit as
// it becomes durable, every answer that somebody outside relies on, and the quiesced final read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/api.h"
#include "simulator/world/artifact_server.h"
#include "simulator/world/database_server.h"

namespace aftershock {

using sim::CommitView;

/// A broken rule.
struct Finding {
  std::string invariant;
  std::string message;            ///< one sentence: what was seen, and what the rule says
  std::vector<std::string> rows;  ///< the rows involved, as text
  delta::RunId run;               ///< whose audit events tell the story; nil: none
};

/// An answer `ok` that reached its client or runner: somebody relies on it now.
struct Acknowledged {
  const delta::Request& request;
  const delta::Response& response;
  /// It was asked for before the database last went back in time: what it tells may be lost.
  bool outlived_rewind = false;
};

/// A submission that a witness outside saw acknowledged.
struct WitnessedRun {
  delta::OperationId operation;
  delta::SubmitReply reply;
};

/// Everything there is, read after the system came to rest.
struct FinalRead {
  const sim::Tables& tables;
  const sim::Objects& artifacts;         ///< by path
  const std::set<std::string>& expired;  ///< paths that the store's retention deleted
  const std::vector<WitnessedRun>& witnessed;
  const delta::Settings& settings;
  delta::DbTime now{};
  /// Names of runs that were not terminal within the bound after the last fault was healed.
  std::vector<delta::RunId> unfinished;
  bool must_have_recovered = true;  ///< false: the drill asks for safety only
};

class Checker {
 public:
  using Report = std::function<void(Finding)>;

  explicit Checker(Report report) : report_(std::move(report)) {}
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;
  virtual ~Checker() = default;

  virtual std::string_view name() const = 0;
  /// Cost must be proportional to what the commit changed.
  virtual void on_commit(const CommitView&) {}
  /// Somebody changed rows past the product: what was promised may have changed with them.
  virtual void on_outside_write(const CommitView&) {}
  /// A commit on a server that is not the primary any more: the newest timeline has no part in it.
  virtual void on_stray_commit(const CommitView&) {}
  /// The tables went back in time: what was learned of later commits is void.
  virtual void on_rewind(const sim::Tables&) {}
  virtual void on_acknowledged(const Acknowledged&, const sim::Tables&) {}
  /// The reaper ended this lease. `worked_on`: its holder still runs the job's command, and nothing
  /// kept it from knowing the time. Only in drills without faults that do.
  virtual void on_expiry(const delta::Attempt&, bool /*worked_on*/) {}
  /// Any answer with a text for people, whatever its status, as its receiver gets it.
  virtual void on_detail(const delta::Request&, const std::string& /*detail*/) {}
  virtual void on_final(const FinalRead&) {}
  /// The report as it would be written; only in drills whose jobs have secrets.
  virtual void on_report(const std::string& /*text*/) {}

  /// How often there was something to judge: an invariant that never was is no evidence.
  std::uint64_t checks() const { return checks_; }

 protected:
  /// Counts one judgement; reports it if it is bad.
  template <class Describe>
  void judge(bool holds, Describe describe) {
    ++checks_;
    if (!holds) [[unlikely]] {
      Finding finding = describe();
      finding.invariant = name();
      report_(std::move(finding));
    }
  }

 private:
  Report report_;
  std::uint64_t checks_ = 0;
};

/// The drill's secrets by name: what must not appear anywhere.
using SecretValues = std::map<std::string, std::string>;

/// All of them, in the order of docs/MEASUREMENT.md. `settings`: of the drill; must outlive them.
/// `longest_hold`: of locks that somebody outside holds on rows.
std::vector<std::unique_ptr<Checker>> make_checkers(const Checker::Report& report,
                                                    const delta::Settings& settings,
                                                    const SecretValues& secrets,
                                                    delta::Duration longest_hold = {});

}  // namespace aftershock

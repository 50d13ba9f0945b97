#include "orchestrator/committer.h"

#include <algorithm>

#include "orchestrator/replies.h"

namespace delta {

namespace {

constexpr std::size_t kMostPending = 10'000;

/// Before a work is tried again, although its commit may have happened.
void keep_in_doubt(std::vector<Work>& batch, BatchResult& result) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i].in_doubt) batch[i].in_doubt = std::move(result.tallies[i]);
  }
}

void answer_all(const std::vector<Work>& batch, Status status, const std::string& detail) {
  for (const Work& work : batch) work.respond(failure_reply(status, detail));
}

bool same_operation(const std::vector<Work>& batch, const Work& work) {
  return work.operation && std::ranges::any_of(batch, [&work](const Work& other) {
           return other.operation && other.operation->id == work.operation->id;
         });
}

}  // namespace

Committer::Committer(OrchestratorContext& context, DispatchSink& sink)
    : context_(context), sink_(sink), monitor_(context.ports.runtime.tasks.make_monitor()) {}

void Committer::start() {
  for (std::uint32_t i = 0; i < context_.settings.committers; ++i) {
    context_.ports.runtime.tasks.spawn("committer", [this] { work_loop(); });
  }
}

void Committer::submit(Work work) {
  {
    const Lock lock(*monitor_);
    if (!draining_ && pending_.size() < kMostPending) {
      pending_.push_back(std::move(work));
      monitor_->notify_one();
      return;
    }
  }
  work.respond(failure_reply(Status::unavailable, "the orchestrator is stopping or overloaded"));
}

void Committer::drain() {
  const Lock lock(*monitor_);
  draining_ = true;
  monitor_->notify_all();
}

void Committer::work_loop() {
  Connection connection(context_.ports.database, context_.database);
  for (;;) {
    std::vector<Work> batch = next_batch();
    if (batch.empty()) return;
    process(connection, std::move(batch), false);
  }
}

std::vector<Work> Committer::next_batch() {
  Lock lock(*monitor_);
  while (pending_.empty() && !draining_) monitor_->wait_until(kNoDeadline);
  std::vector<Work> batch;
  std::deque<Work> later;
  while (!pending_.empty() && batch.size() < context_.settings.batch_size) {
    // The repetition of an operation in the same transaction would wait for itself.
    const bool repeated = same_operation(batch, pending_.front());
    if (repeated) {
      later.push_back(std::move(pending_.front()));
    } else {
      batch.push_back(std::move(pending_.front()));
    }
    pending_.pop_front();
  }
  while (!later.empty()) {
    pending_.push_front(std::move(later.back()));
    later.pop_back();
  }
  return batch;
}

void Committer::process(Connection& connection, std::vector<Work> batch, bool maybe_committed) {
  Backoff backoff({.first = 20ms, .longest = 1s});
  const MonoTime give_up = context_.now() + context_.settings.request_timeout;
  for (;;) {
    Session* session = connection.session();
    BatchResult result;
    if (session != nullptr) {
      result = run_batch(context_, *session, batch, OnLocked::wait);
    } else {
      result.detail = "the database cannot be reached";
    }
    switch (result.outcome) {
      case BatchOutcome::committed:
        if (maybe_committed) resolve(result.found_done ? Doubt::found : Doubt::redone);
        return finish(connection, batch, std::move(result));
      case BatchOutcome::conflict:
      case BatchOutcome::rejected:
        // One bad message, or one row that somebody holds, must not fail the others.
        if (batch.size() > 1) {
          context_.count_retry(result.conflict);
          return one_by_one(connection, std::move(batch), maybe_committed);
        }
        if (result.outcome == BatchOutcome::conflict) break;
        if (maybe_committed) resolve(Doubt::unresolved);
        return answer_all(batch, maybe_committed ? Status::unknown : Status::invalid,
                          result.detail);
      case BatchOutcome::unavailable:
        if (session != nullptr) connection.lost();
        if (!maybe_committed) return answer_all(batch, Status::unavailable, result.detail);
        break;
      case BatchOutcome::unknown:
        // It may have happened. Running it again is safe: fenced messages are their own key, and
        // all others carry an operation key.
        connection.lost();
        keep_in_doubt(batch, result);
        maybe_committed = true;
        break;
    }
    if (context_.now() >= give_up) {
      if (maybe_committed) resolve(Doubt::unresolved);
      return answer_all(batch, maybe_committed ? Status::unknown : Status::unavailable,
                        result.detail);
    }
    context_.count_retry(result.conflict);
    context_.ports.runtime.clock.sleep_until(context_.now() +
                                             backoff.next(context_.ports.runtime.random.next()));
  }
}

void Committer::resolve(Doubt doubt) {
  context_.metrics.add({Metric::commit_unknown_total, doubt});
}

void Committer::finish(Connection& connection, const std::vector<Work>& batch, BatchResult result) {
  connection.worked();
  context_.policy.learn(*result.control);
  sink_.add(result.dispatches);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i].respond(std::move(result.responses[i]));
  }
}

void Committer::one_by_one(Connection& connection, std::vector<Work> batch, bool maybe_committed) {
  for (Work& work : batch) {
    std::vector<Work> single;
    single.push_back(std::move(work));
    process(connection, std::move(single), maybe_committed);
  }
}

}  // namespace delta

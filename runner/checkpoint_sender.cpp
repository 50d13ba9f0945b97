#include "runner/checkpoint_sender.h"

#include <utility>

namespace delta {

namespace {

std::string no_checkpoint(std::uint32_t steps, const std::string& why) {
  return "no checkpoint after step " + std::to_string(steps) + ": " + why;
}

}  // namespace

CheckpointSender::CheckpointSender(const Parts& parts, const Lease& lease)
    : parts_(parts), lease_(lease), monitor_(parts.runtime.tasks.make_monitor()) {}

void CheckpointSender::offer(Checkpoint checkpoint, const JobSpec& job) {
  const Lock lock(*monitor_);
  const MonoTime now = parts_.runtime.clock.now();
  if (last_offered_ && now < *last_offered_ + parts_.interval) return;
  if (!is_sound(checkpoint, job)) {
    remarks_.push_back(no_checkpoint(checkpoint.steps,
                                     "the state that it left is not JSON, or has "
                                     "more than " +
                                         std::to_string(Checkpoint::kLargestState) + " bytes"));
    return;
  }
  last_offered_ = now;
  newest_ = std::move(checkpoint);
  if (working_) return;
  working_ = true;
  parts_.runtime.tasks.spawn("checkpoint", [self = shared_from_this()] { self->work(); });
}

void CheckpointSender::close() {
  const Lock lock(*monitor_);
  newest_.reset();
}

std::vector<std::string> CheckpointSender::take_remarks() {
  const Lock lock(*monitor_);
  return std::exchange(remarks_, {});
}

void CheckpointSender::work() {
  while (const auto checkpoint = next()) {
    const auto answer = parts_.client.call_until_settled(
        CheckpointRequest{lease_, *checkpoint},
        [this, steps = checkpoint->steps] { return is_newest(steps); });
    if (answer) settled(*checkpoint, *answer);
  }
}

std::optional<Checkpoint> CheckpointSender::next() {
  const Lock lock(*monitor_);
  if (!newest_) working_ = false;
  return newest_;
}

bool CheckpointSender::is_newest(std::uint32_t steps) const {
  const Lock lock(*monitor_);
  return newest_ && newest_->steps == steps;
}

void CheckpointSender::settled(const Checkpoint& sent, const Response& answer) {
  const Lock lock(*monitor_);
  const bool accepted = answer.status == Status::ok;
  if (!accepted) {
    const std::string why = answer.reason ? std::string(name_of(*answer.reason)) : answer.detail;
    remarks_.push_back(no_checkpoint(sent.steps, "refused, " + why));
  }
  if (!newest_ || newest_->steps != sent.steps) return;
  newest_.reset();
  // After a refusal the end of the next step may do better.
  (accepted ? last_accepted_ : last_offered_) = accepted ? last_offered_ : last_accepted_;
}

}  // namespace delta

// Offers a try's checkpoints to the orchestrators while its work goes on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/api.h"
#include "core/ports/runtime.h"
#include "runner/client.h"

namespace delta {

/// One checkpoint is on its way at a time; what nobody answers is sent again, with the same fence,
/// until a newer one takes its place. Whatever becomes of them, the work is not held up and does
/// not fail. Thread: any.
class CheckpointSender : public std::enable_shared_from_this<CheckpointSender> {
 public:
  struct Parts {
    Runtime runtime;
    OrchestratorClient& client;
    Duration interval;  ///< no two are offered closer than this
  };

  CheckpointSender(const Parts& parts, const Lease& lease);

  /// A step has ended. Left out when the last one was offered within the interval and not refused,
  /// or when nobody could go on from it. Does not suspend.
  void offer(Checkpoint checkpoint, const JobSpec& job);
  /// The work is over: what is still on its way is sent no more.
  void close();
  /// What the job's log should tell, since the last time it was asked.
  std::vector<std::string> take_remarks();

 private:
  void work();
  /// The newest that was offered; none when all are settled, and then the task ends.
  std::optional<Checkpoint> next();
  bool is_newest(std::uint32_t steps) const;
  void settled(const Checkpoint& sent, const Response& answer);

  const Parts parts_;
  const Lease lease_;
  std::unique_ptr<Monitor> monitor_;
  std::optional<MonoTime> last_offered_;   ///< but for what was refused
  std::optional<MonoTime> last_accepted_;  ///< when that was offered
  std::optional<Checkpoint> newest_;       ///< not settled yet
  std::vector<std::string> remarks_;
  bool working_ = false;
};

}  // namespace delta

// Random structures of every kind that crosses the wire, for RapidCheck's properties.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/api.h"
#include "platform/wire/names.h"
#include "tests/unit/random_values.h"
#include "tests/unit/wire_spec_sample.h"

namespace delta::test {

inline AttemptRef ref() { return {any_id<RunId>(), number<std::uint32_t>(), real_id<AttemptId>()}; }
inline Lease lease() { return {ref(), number<std::uint32_t>(), any_id<Token>()}; }
inline Checkpoint checkpoint() { return {number<std::uint32_t>(), text()}; }
inline Credentials credentials() { return {ref(), number<std::uint32_t>(), any_id<TokenHash>()}; }
inline Artifact artifact() {
  return {text(), one_of_all<ArtifactState>(), number<std::uint64_t>()};
}
inline RunnerStatistics statistics() {
  if (flag()) return {};
  return {number<std::uint32_t>(), number<std::uint32_t>(), number<std::uint64_t>(),
          number<std::uint64_t>(), number<std::uint64_t>(), text()};
}
inline RunnerView runner_view() {
  return {any_id<RunnerId>(),
          text(),
          duration(),
          flag(),
          number<std::uint32_t>(),
          number<std::uint32_t>(),
          number<std::uint64_t>()};
}

inline AdminAction action(std::size_t index) {
  switch (index) {
    case 0: return PauseIngestion{};
    case 1: return ResumeIngestion{};
    case 2: return SetLeaseTtl{duration(), duration()};
    case 3: return LimitConcurrency{number<std::uint32_t>()};
    case 4: return LimitSubmissions{number<std::uint32_t>()};
    case 5: return ReenqueueWork{flag() ? AttemptId{} : real_id<AttemptId>()};
    case 6:
      if (flag()) return RevokeLeases{ref(), {}};
      return RevokeLeases{{}, flag() ? RunnerId{} : real_id<RunnerId>()};
    default: return BeginGeneration{};
  }
}

inline Request request(std::size_t index) {
  const auto operation = any_id<OperationId>();
  switch (index) {
    case 0: return SubmitRequest{operation, spec()};
    case 1: return CancelRequest{operation, any_id<RunId>()};
    case 2: return GetRunRequest{any_id<RunId>()};
    case 3:
      return AcquireRequest{operation,       any_id<RunnerId>(),
                            any_id<Token>(), number<std::uint32_t>(),
                            duration(),      statistics()};
    case 4: return StartRequest{lease()};
    case 5: return HeartbeatRequest{any_id<RunnerId>(), several(lease), statistics()};
    case 6: return ReportRequest{lease(), one_of_all<AttemptState>()};
    case 7: return CompleteRequest{lease(), flag(), one_of_all<FailureClass>(), several(artifact)};
    case 8: return CancelAckRequest{lease()};
    case 9: return AdminRequest{operation, text(), action(below(std::variant_size_v<AdminAction>))};
    case 11: return RerunRequest{operation, any_id<RunId>()};
    case 12: {
      ListRunsRequest list{{}, any_id<RunId>(), number<std::uint32_t>()};
      if (flag()) list.state = one_of_all<RunState>();
      return list;
    }
    case 13: return ListArtifactsRequest{any_id<RunId>()};
    case 14: return CheckpointRequest{lease(), checkpoint()};
    case 15: return CreateScheduleRequest{operation, schedule()};
    case 16: return ChangeScheduleRequest{operation, schedule_name(), one_of_all<ScheduleState>()};
    case 17: return GetScheduleRequest{schedule_name()};
    case 18: return ListSchedulesRequest{schedule_name(), number<std::uint32_t>()};
    case 19: return ListRunnersRequest{};
    default: return MetricsRequest{};
  }
}

inline LeaseStatus lease_status() {
  LeaseStatus status{any_id<AttemptId>(), {}, flag(), duration()};
  if (flag()) status.refused = one_of_all<Reason>();
  return status;
}
inline Policy policy() {
  return {number<std::uint64_t>(),
          flag(),
          duration(),
          db_time(),
          duration(),
          db_time(),
          number<std::uint32_t>(),
          number<std::uint32_t>()};
}
inline Digest digest() {
  Digest digest{};
  for (std::uint8_t& byte : digest) byte = number<std::uint8_t>();
  return digest;
}

/// All but the metrics.
inline ReplyBody reply_body(std::size_t index) {
  switch (index) {
    case 1: return SubmitReply{any_id<RunId>(), {number<std::uint32_t>(), digest()}};
    case 2: return CancelReply{one_of_all<RunState>()};
    case 3:
      return AcquireReply{
          several([] { return Grant{ref(), number<std::uint32_t>(), spec(), checkpoint()}; })};
    case 4: return LeaseReply{duration()};
    case 5: return HeartbeatReply{several(lease_status)};
    case 6: {
      const auto job = [] {
        return JobView{one_of_all<JobState>(), one_of_all<AttemptState>(), any_id<AttemptId>(),
                       number<std::uint16_t>()};
      };
      return RunView{any_id<RunId>(), one_of_all<RunState>(), db_time(), db_time(), spec(),
                     several(job),    any_id<ScheduleId>(),   db_time()};
    }
    case 7: return AdminReply{number<std::uint32_t>(), flag(), number<std::uint64_t>(), policy()};
    case 8:
      return ListRunsReply{several([] {
        return RunSummary{any_id<RunId>(), one_of_all<RunState>(), text(), db_time(), db_time()};
      })};
    case 9:
      return ListArtifactsReply{several([] { return AttemptArtifacts{ref(), several(artifact)}; })};
    case 10: return schedule_view();
    case 11: return ListSchedulesReply{several(schedule_view)};
    case 12: return ListRunnersReply{several(runner_view)};
    default: return std::monostate{};
  }
}
inline Response response() {
  Response response{one_of_all<Status>(), {}, text(), reply_body(below(12))};
  if (flag()) response.reason = one_of_all<Reason>();
  return response;
}

inline PolicyChange policy_change() {
  PolicyChange change;
  if (flag()) change.ingesting = flag();
  if (flag()) change.lease_ttl = TtlOverride{duration(), duration()};
  if (flag()) change.most_leases = number<std::uint32_t>();
  if (flag()) change.submissions_per_minute = number<std::uint32_t>();
  return change;
}
inline Message message(std::size_t index) {
  switch (index) {
    case 0: return Submit{any_id<RunId>(), spec()};
    case 1: return Cancel{any_id<RunId>()};
    case 2: return Acquire{any_id<AttemptId>(), any_id<RunnerId>(), any_id<TokenHash>()};
    case 3: return Start{credentials()};
    case 4: return Heartbeat{credentials()};
    case 5: return Report{credentials(), one_of_all<AttemptState>()};
    case 6: return Complete{credentials(), flag(), one_of_all<FailureClass>(), several(artifact)};
    case 7: return CancelAck{credentials()};
    case 8: return Expire{ref()};
    case 9: return Revoke{ref(), text()};
    case 10: return ForceCancel{ref()};
    case 11: return TimeOut{ref()};
    case 12: return RunTimeOut{any_id<RunId>()};
    case 13: return Reenqueue{any_id<AttemptId>(), text()};
    case 14: return SetPolicy{policy_change(), text()};
    case 15: return RaiseGeneration{text(), number<std::uint64_t>()};
    case 16: return SaveCheckpoint{credentials(), checkpoint()};
    case 17: return CreateSchedule{any_id<ScheduleId>(), schedule(), db_time()};
    case 18: return ChangeSchedule{any_id<ScheduleId>(), one_of_all<ScheduleState>(), db_time()};
    default:
      return Fire{any_id<ScheduleId>(), number<std::uint64_t>(), several(db_time), db_time()};
  }
}

}  // namespace delta::test

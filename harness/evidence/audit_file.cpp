#include "harness/evidence/audit_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/replay.h"
#include "harness/evidence/files.h"
#include "platform/wire/codec.h"

namespace aftershock::evidence {
namespace {

using Json = nlohmann::ordered_json;

delta::Digest digest_in(const Json& json, const char* key) {
  const std::string text = json.at(key).get<std::string>();
  delta::Digest digest{};
  for (std::size_t word = 0; word < 4 && text.size() == 64; ++word) {
    const std::uint64_t number = delta::parse_hex(text.substr(16 * word, 16)).value_or(0);
    for (std::size_t byte = 0; byte < 8; ++byte) {
      digest.at(8 * word + byte) = static_cast<std::uint8_t>(number >> (56 - 8 * byte));
    }
  }
  return digest;
}

template <class AnyId>
AnyId id_in(const Json& json, const char* key) {
  return delta::parse_id<AnyId>(json.at(key).get<std::string>()).value_or(AnyId{});
}

WorkloadReport counted(const delta::Rows& rows) {
  using enum delta::RunState;
  WorkloadReport made;
  for (const delta::Run& run : rows.runs) {
    if (run.state == succeeded) ++made.succeeded;
    if (run.state == failed) ++made.failed;
    if (run.state == timed_out) ++made.timed_out;
    if (run.state == cancelled) ++made.cancelled;
    if (!is_terminal(run.state)) ++made.unfinished;
  }
  made.attempts = rows.attempts.size();
  made.lost_leases = static_cast<std::uint64_t>(
      std::ranges::count(rows.attempts, delta::AttemptState::lost, &delta::Attempt::state));
  return made;
}

}  // namespace

std::string audit_line(const delta::AuditEvent& event) {
  const std::string head = Json{{"serial", event.serial},
                                {"run", to_string(event.run)},
                                {"attempt", to_string(event.attempt)},
                                {"schedule", to_string(event.schedule)},
                                {"number", event.number},
                                {"previous", delta::to_string(event.previous)},
                                {"digest", delta::to_string(event.digest)}}
                               .dump();
  return head.substr(0, head.size() - 1) + ",\"event\":" + delta::wire::encode(event) + "}\n";
}

std::expected<delta::AuditEvent, std::string> parse_audit_line(std::string_view line) {
  try {
    const Json json = Json::parse(line);
    auto event = delta::wire::decode_event(json.at("event").dump());
    if (!event) return std::unexpected(event.error());
    event->serial = json.at("serial").get<std::uint64_t>();
    event->run = id_in<delta::RunId>(json, "run");
    event->attempt = id_in<delta::AttemptId>(json, "attempt");
    event->schedule = id_in<delta::ScheduleId>(json, "schedule");
    event->number = json.at("number").get<std::uint32_t>();
    event->previous = digest_in(json, "previous");
    event->digest = digest_in(json, "digest");
    if (audit_line(*event) == std::string(line) + "\n") return *std::move(event);
  } catch (const Json::exception&) {
    return std::unexpected("it is no audit event in JSON");
  }
  return std::unexpected("it is not written as audit events are");
}

std::expected<AuditVerdict, std::string> check_audit(const std::string& folder,
                                                     const std::string& name,
                                                     const delta::Settings& settings) {
  AuditVerdict verdict;
  std::vector<delta::AuditEvent> events;
  std::uint64_t number = 0;
  const auto read = each_line(folder, name, [&](std::string_view line) {
    ++number;
    auto event = parse_audit_line(line);
    if (!event) {
      verdict.flaw = event.error();
    } else if (!events.empty() && event->serial <= events.back().serial) {
      verdict.flaw = "its serial is not above the one before";
    } else if (digest_of(*event) != event->digest) {
      verdict.flaw = "its digest is not that of the event: it was changed";
    }
    if (!verdict.flaw.empty()) verdict.line = number;
    if (event) events.push_back(*std::move(event));
    return verdict.flaw.empty();
  });
  if (!read) return std::unexpected(read.error());
  verdict.events = events.size();
  if (!verdict.flaw.empty()) return verdict;
  delta::ReplayResult replayed = delta::replay(events, settings);
  verdict.problems = std::move(replayed.problems);
  verdict.made = counted(replayed.rows);
  return verdict;
}

}  // namespace aftershock::evidence

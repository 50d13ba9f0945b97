// Requests, answers, specifications and audit messages as JSON. One description of each structure
// serves both directions; reading is strict: unknown and repeated keys, missing keys, wrong types
// and numbers out of range are errors. What is read equals what was written.
//
// That holds for what can be written at all. Strings are UTF-8 without U+0000, durations at least
// 0s and at most 365d, jobs have names of their own; reading refuses anything else, so nothing that
// came in by this way breaks the rule. Whoever puts other bytes into a text, as from a log or from
// a library's error message, makes them is_utf8() first.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/api.h"
#include "core/messages.h"

namespace delta::wire {

/// One sentence for the person who wrote the text, with the place: `jobs[1].needs[0]: ...`.
using Error = std::string;

/// Compact JSON on one line. Ids are 32 hexadecimal digits, digests 64 or 16, durations strings
/// such as "1m30s", database times nanoseconds and generations counts in strings, names of enums
/// those of name_of(). Keys are in a fixed order: equal values give equal text.
std::string encode(const RunSpec& spec);
std::string encode(const ScheduleSpec& spec);
std::string encode(const Request& request);    ///< without its kind, which the route tells
std::string encode(const Response& response);  ///< with the kind of its body, but for metrics
std::string encode(const Message& message);    ///< with its kind
/// All but what the audit's table has columns for: run, attempt, number, digests.
std::string encode(const AuditEvent& event);
/// Of start, report, complete and cancel_ack: a list of requests with their kinds.
std::string encode_batch(const std::vector<Request>& requests);
std::string encode_batch(const std::vector<Response>& responses);

/// The name of the request's route, such as "submit"; of an admin request, that of its action.
std::string_view kind_of(const Request& request);

/// What the path and the headers of an HTTP request say, and its body need not repeat. What is said
/// twice must be the same.
struct FromRoute {
  std::optional<OperationId> operation = {};  ///< the header Idempotency-Key
  std::optional<RunId> run = {};              ///< the path
  std::optional<std::string> who = {};        ///< the name of an operator's token
  std::optional<std::string> schedule = {};   ///< the path: its name
};

/// A specification as people write it: jobs are needed by name, everything but a job's name and
/// command has a default. Checked by prepare().
std::expected<SharedSpec, Error> decode_spec(std::string_view text);
/// The same of a schedule, which holds its run's.
std::expected<SharedSchedule, Error> decode_schedule(std::string_view text);
/// `kind`: the name of the request's route, such as "submit"; see routes.h. An empty text is {}.
std::expected<Request, Error> decode_request(std::string_view kind, std::string_view text,
                                             const FromRoute& route = {});
std::expected<Response, Error> decode_response(std::string_view text);
std::expected<Message, Error> decode_message(std::string_view text);
std::expected<AuditEvent, Error> decode_event(std::string_view text);
/// One wrong request makes the whole batch an error: nothing of it is done.
std::expected<std::vector<Request>, Error> decode_batch(std::string_view text);
std::expected<std::vector<Response>, Error> decode_batch_responses(std::string_view text);

/// Whether clients may send this as an Idempotency-Key: 1 to 200 printable ASCII characters.
bool is_operation_key(std::string_view key);
/// The id that 32 lower-case hexadecimal digits write; of any other key, the first 128 bits of its
/// SHA-256.
OperationId operation_id_of(std::string_view key);

}  // namespace delta::wire

// Requests, answers, specifications and audit messages as JSON. One description of each structure
// serves both directions; reading is strict: unknown and repeated keys, missing keys, wrong types
// and numbers out of range are errors. What is read equals what was written.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/api.h"
#include "core/messages.h"

namespace delta::wire {

/// One sentence for the person who wrote the text, with the place: `jobs[1].needs[0]: ...`.
using Error = std::string;

/// Compact JSON on one line. Ids are 32 hexadecimal digits, digests 64, durations strings such as
/// "1m30s", names of enums those of name_of(). Keys are in a fixed order: equal values give equal
/// text.
std::string encode(const RunSpec& spec);
std::string encode(const Request& request);    ///< without its kind, which the route tells
std::string encode(const Response& response);  ///< with the kind of its body
std::string encode(const Message& message);    ///< with its kind

/// A specification as people write it: jobs are needed by name, everything but a job's name and
/// command has a default. Checked by prepare().
std::expected<SharedSpec, Error> decode_spec(std::string_view text);
/// `kind`: the name of the request's route, such as "submit"; see routes.h.
std::expected<Request, Error> decode_request(std::string_view kind, std::string_view text);
std::expected<Response, Error> decode_response(std::string_view text);
std::expected<Message, Error> decode_message(std::string_view text);

}  // namespace delta::wire

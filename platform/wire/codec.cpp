#include "platform/wire/codec.h"

#include <algorithm>

#include "core/text.h"
#include "platform/wire/reply_description.h"
#include "platform/wire/request_description.h"

namespace delta::wire {

namespace {

constexpr std::size_t kAdmin = 9;  // the place of AdminRequest among the requests
static_assert(std::is_same_v<std::variant_alternative_t<kAdmin, Request>, AdminRequest>);

// An admin request goes by its action's name.
constexpr std::array<std::string_view, std::variant_size_v<Request>> kRequestKinds{
    "submit",          "cancel",          "get_run",      "acquire",        "start",
    "heartbeat",       "report",          "complete",     "cancel_ack",     "",
    "metrics",         "rerun",           "list_runs",    "list_artifacts", "checkpoint",
    "create_schedule", "change_schedule", "get_schedule", "list_schedules", "list_runners"};
constexpr std::array<std::string_view, std::variant_size_v<AdminAction>> kActionKinds{
    "pause_ingestion",   "resume_ingestion", "set_lease_ttl", "limit_concurrency",
    "limit_submissions", "reenqueue",        "revoke_leases", "begin_generation"};
/// What batches may hold.
constexpr std::array<std::string_view, 5> kBatchKinds{"start", "report", "complete", "cancel_ack",
                                                      "checkpoint"};

/// The request of this kind, empty.
std::optional<Request> empty_request(std::string_view kind) {
  Request request;
  const auto* found = std::ranges::find(kRequestKinds, kind);
  if (!kind.empty() && found != kRequestKinds.end()) {
    emplace(request, static_cast<std::size_t>(found - kRequestKinds.begin()));
    return request;
  }
  const auto* action = std::ranges::find(kActionKinds, kind);
  if (action == kActionKinds.end()) return std::nullopt;
  emplace(request.emplace<AdminRequest>().action,
          static_cast<std::size_t>(action - kActionKinds.begin()));
  return request;
}

/// A request of a batch, with its kind.
template <Is<Request> Any>
struct Batched {
  Any& request;

  void write(JsonWriter& writer) const {
    writer.begin_object();
    writer.field("kind", kind_of(request));
    describe(writer, request);
    writer.end_object();
  }
  void read(JsonReader& reader) const {
    reader.object([&](JsonReader& self) {
      std::size_t position = 0;
      self.field("kind", OneOf{position, kBatchKinds});
      request = *empty_request(kBatchKinds.at(position));
      describe(self, request);
    });
  }
};
template <class Any>
Batched(Any&) -> Batched<Any>;

struct Batch {
  std::vector<Request>& requests;

  void read(const JsonReader& reader) const {
    const Json::List& list = reader.list();
    requests.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      JsonReader entry(list[i], reader, i);
      Batched{requests[i]}.read(entry);
    }
  }
};

template <class T>
std::string encode_any(const T& item) {
  JsonWriter writer;
  writer.value(item);
  return std::move(writer).take();
}

/// Reads the text into `item`. Error: none, or why it cannot be read.
template <class T>
std::optional<Error> read_into(T& item, std::string_view text, const FromRoute& route = {}) {
  const std::expected<Json, std::string> json = parse_json(text);
  if (!json) return json.error();
  try {
    JsonReader(*json, route).value(item);
  } catch (const Unreadable& unreadable) {
    return unreadable.what();
  }
  return std::nullopt;
}

template <class T>
std::expected<T, Error> decode_any(std::string_view text) {
  T item;
  if (std::optional<Error> error = read_into(item, text)) return std::unexpected(std::move(*error));
  return item;
}

}  // namespace

std::string encode(const RunSpec& spec) { return encode_any(spec); }
std::string encode(const ScheduleSpec& spec) { return encode_any(spec); }
std::string encode(const Request& request) { return encode_any(request); }
std::string encode(const Response& response) { return encode_any(response); }
std::string encode(const Message& message) { return encode_any(message); }
std::string encode(const AuditEvent& event) { return encode_any(event); }

std::string encode_batch(const std::vector<Request>& requests) {
  JsonWriter writer;
  writer.begin_list();
  for (const Request& request : requests) writer.element(Batched{request});
  writer.end_list();
  return std::move(writer).take();
}

std::string encode_batch(const std::vector<Response>& responses) { return encode_any(responses); }

std::string_view kind_of(const Request& request) {
  if (request.index() != kAdmin) return kRequestKinds.at(request.index());
  return kActionKinds.at(std::get<kAdmin>(request).action.index());
}

std::expected<SharedSpec, Error> decode_spec(std::string_view text) {
  return decode_any<SharedSpec>(text);
}

std::expected<SharedSchedule, Error> decode_schedule(std::string_view text) {
  return decode_any<SharedSchedule>(text);
}

std::expected<Request, Error> decode_request(std::string_view kind, std::string_view text,
                                             const FromRoute& route) {
  std::optional<Request> request = empty_request(kind);
  if (!request) return std::unexpected("there is no request " + quote(kind));
  if (std::optional<Error> error = read_into(*request, text.empty() ? "{}" : text, route)) {
    return std::unexpected(std::move(*error));
  }
  return std::move(*request);
}

std::expected<Response, Error> decode_response(std::string_view text) {
  return decode_any<Response>(text);
}
std::expected<Message, Error> decode_message(std::string_view text) {
  return decode_any<Message>(text);
}

std::expected<AuditEvent, Error> decode_event(std::string_view text) {
  return decode_any<AuditEvent>(text);
}

std::expected<std::vector<Request>, Error> decode_batch(std::string_view text) {
  std::vector<Request> requests;
  Batch batch{requests};
  if (std::optional<Error> error = read_into(batch, text)) {
    return std::unexpected(std::move(*error));
  }
  return requests;
}

std::expected<std::vector<Response>, Error> decode_batch_responses(std::string_view text) {
  return decode_any<std::vector<Response>>(text);
}

bool is_operation_key(std::string_view key) {
  constexpr std::size_t longest = 200;
  return !key.empty() && key.size() <= longest &&
         std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; });
}

OperationId operation_id_of(std::string_view key) {
  if (const std::optional id = parse_id<OperationId>(key)) return *id;
  const Digest digest = sha256(key);
  OperationId id{first_word(digest), 0};
  for (std::size_t i = 8; i < 16; ++i) id.lo = (id.lo << 8) | digest[i];
  return id;
}

}  // namespace delta::wire

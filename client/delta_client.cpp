#include "client/delta_client.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <random>

#include "core/check.h"
#include "core/columns.h"
#include "platform/wire/codec.h"

namespace delta::client {

namespace {

using namespace std::chrono_literals;

constexpr Duration kLongestFetch = 6h;

/// Statuses with which a proxy, or a server under load, asks to come again.
bool is_passing(long status) { return status >= 500 || status == 408 || status == 429; }

std::string seconds_text(Duration duration) { return rounded_down(std::max(duration, 0ns)); }

}  // namespace

/// What one try came to.
struct DeltaClient::Try {
  enum class Kind : std::uint8_t {
    answered,
    refused,   ///< for good
    foreign,   ///< answered by something that is not an orchestrator
    again,     ///< nothing was done
    perhaps,   ///< it may have been done
    no_output  ///< what came could not be written
  };
  Kind kind = Kind::again;
  std::string why = {};
  Response response = {};
  bool absent = false;  ///< refused: there is no such thing

  static Try of(const HttpError& error) {
    switch (error.kind) {
      case HttpFailure::bad_request:
      case HttpFailure::too_large: return {Kind::refused, error.detail};
      case HttpFailure::not_sent: return {Kind::again, error.detail};
      case HttpFailure::no_reply: return {Kind::perhaps, error.detail};
    }
    CHECK(false);
  }
  static Try of(const HttpReply& reply) {
    auto response = wire::decode_response(reply.body);
    if (!response) return of_stranger(reply.status);
    const std::string detail = one_line(response->detail);
    switch (response->status) {
      case Status::ok: return {Kind::answered, {}, std::move(*response)};
      case Status::unavailable:
        // 502: the store behind it failed for good.
        if (reply.status == 502) return {Kind::refused, detail};
        return {Kind::again, "unavailable" + (detail.empty() ? "" : ": " + detail)};
      case Status::unknown: return {Kind::perhaps, "the outcome is unknown to it"};
      case Status::refused:
        if (response->reason != Reason::already_done) break;
        return {Kind::answered, {}, std::move(*response)};
      case Status::invalid:
      case Status::key_reused: break;
    }
    return {Kind::refused, refusal(*response, detail, reply.status), {}, reply.status == 404};
  }

 private:
  static Try of_stranger(long status) {
    const std::string code = "it answers with status " + std::to_string(status);
    if (is_passing(status)) return {Kind::perhaps, code};
    return {Kind::foreign, code + " and something that no orchestrator says"};
  }
  static std::string refusal(const Response& response, const std::string& detail, long status) {
    if (response.status == Status::key_reused && detail.empty()) {
      return "this key was used for something else before";
    }
    if (status == 401) return "the orchestrator does not know this token";
    if (!detail.empty()) return detail;
    if (response.reason == Reason::not_found) return "there is no such run";
    if (response.reason) return "refused: " + std::string(name_of(*response.reason));
    return "refused with status " + std::to_string(status);
  }
};

DeltaClient::DeltaClient(HttpClient& http, ClientOptions options, ClientTools tools)
    : http_(http), options_(std::move(options)), tools_(std::move(tools)) {
  CHECK(!options_.urls.empty());
}

DeltaClient DeltaClient::only(const std::string& url) const {
  ClientOptions options = options_;
  options.urls = {url};
  return {http_, std::move(options), tools_};
}

Outcome<Response> DeltaClient::call(const Call& call) {
  return repeat(
      call, [&](const std::string& url, Duration timeout) { return try_call(call, url, timeout); });
}

Outcome<Fetched> DeltaClient::fetch(const Call& call, int file) {
  Fetched fetched;
  auto done = repeat(call, [&](const std::string& url, Duration timeout) {
    return try_fetch(call, file, url, timeout, fetched);
  });
  if (!done) return std::unexpected(std::move(done.error()));
  return fetched;
}

HttpRequest DeltaClient::request_of(const Call& call, const std::string& url) const {
  const wire::Route* route = wire::find_route(call.kind);
  CHECK(route != nullptr);
  CHECK(!route->needs_key || wire::is_operation_key(call.key));
  HttpRequest request{.method = std::string(route->method),
                      .url = url + wire::target_of(*route, call.path, call.query),
                      .body = call.body};
  if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  if (!options_.token.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + options_.token.reveal());
  }
  if (route->needs_key) request.headers.emplace_back("Idempotency-Key", call.key);
  return request;
}

DeltaClient::Try DeltaClient::try_call(const Call& call, const std::string& url, Duration timeout) {
  HttpRequest request = request_of(call, url);
  request.timeout = timeout;
  const auto reply = http_.call(request);
  return reply ? Try::of(*reply) : Try::of(reply.error());
}

DeltaClient::Try DeltaClient::try_fetch(const Call& call, int file, const std::string& url,
                                        Duration timeout, Fetched& fetched) {
  if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0) return {Try::Kind::no_output};
  bool written = true;
  HttpRequest request = request_of(call, url);
  request.timeout = kLongestFetch;
  request.stall = timeout;
  request.max_reply = std::numeric_limits<std::uint64_t>::max();
  request.receive = [&](std::string_view piece) {
    while (written && !piece.empty()) {
      const ssize_t count = write(file, piece.data(), piece.size());
      written = count > 0;
      if (written) piece.remove_prefix(static_cast<std::size_t>(count));
    }
    return written;
  };
  const auto reply = http_.call(request);
  if (!written) return {Try::Kind::no_output};
  if (!reply) return Try::of(reply.error());
  if (reply->status != 200) return Try::of(*reply);
  const auto log = reply->headers.find("x-delta-log");
  fetched.partial = log != reply->headers.end() && log->second == "partial";
  return {Try::Kind::answered};
}

Outcome<Response> DeltaClient::repeat(const Call& call, const Attempt& attempt) {
  using Kind = Try::Kind;
  const Duration deadline = tools_.now() + options_.patience;
  Duration pause = options_.first_pause;
  bool perhaps_done = false;
  for (;;) {
    std::size_t foreign = 0;
    Try last;
    for (std::size_t i = 0; i < options_.urls.size(); ++i) {
      const std::string& url = options_.urls[current_];
      const Duration left = std::max<Duration>(deadline - tools_.now(), 1s);
      last = attempt(url, std::min(left, options_.try_timeout));
      if (last.kind == Kind::answered) {
        complained_.erase(url);
        return std::move(last.response);
      }
      if (last.kind == Kind::refused) {
        return std::unexpected(Failure{ExitCode::kRefused, std::move(last.why), {}, last.absent});
      }
      if (last.kind == Kind::no_output) {
        return failed(ExitCode::kOutput, "what was fetched cannot be written: is the disk full?");
      }
      perhaps_done = perhaps_done || last.kind == Kind::perhaps;
      if (last.kind == Kind::foreign) ++foreign;
      // Without an answer its origin is told already.
      if (!last.why.starts_with(url)) last.why = url + ": " + last.why;
      complain(url, last.why);
      current_ = (current_ + 1) % options_.urls.size();
    }
    const bool hopeless = foreign == options_.urls.size();
    if (hopeless || tools_.now() + pause >= deadline) return given_up(call, last.why, perhaps_done);
    tools_.sleep(pause);
    pause = std::min(2 * pause, options_.longest_pause);
  }
}

std::unexpected<Failure> DeltaClient::given_up(const Call& call, const std::string& why,
                                               bool perhaps_done) const {
  const std::string last = (options_.urls.size() > 1 ? "no orchestrator did it: " : "") + why;
  if (perhaps_done && !call.key.empty()) {
    return failed(ExitCode::kUnreachable, last + "; it may have been done",
                  "run it again with --key '" + call.key + "': it is not done twice");
  }
  return failed(ExitCode::kUnreachable, last, "'delta doctor' looks for the reason");
}

void DeltaClient::complain(const std::string& url, const std::string& why) {
  if (!complained_.insert(url).second || !tools_.notice) return;
  tools_.notice(why + (options_.urls.size() > 1
                           ? "; trying the next one"
                           : "; trying again for " + seconds_text(options_.patience)));
}

std::string random_key() {
  std::random_device device;
  const auto word = [&device] {
    return (static_cast<std::uint64_t>(device()) << 32) | static_cast<std::uint32_t>(device());
  };
  const std::uint64_t high = word();
  return to_hex(high, word());
}

}  // namespace delta::client

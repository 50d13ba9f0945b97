// Calls to the orchestrators: whichever answers. A call is repeated until one does, or its time is
// over; that is safe, because the same operation key goes with every try.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/exit_code.h"
#include "core/api.h"
#include "platform/http_client.h"
#include "platform/secret.h"
#include "platform/wire/routes.h"

namespace delta::client {

/// One request, as routes.h names it.
struct Call {
  std::string_view kind;
  wire::Parameters path = {};
  wire::Parameters query = {};
  std::string body = {};
  std::string key = {};  ///< the header Idempotency-Key; where the route needs one
};

struct ClientOptions {
  std::vector<std::string> urls;  ///< at least one
  Secret token = {};
  Duration patience = 30s;       ///< for a call with all its tries
  Duration try_timeout = 15s;    ///< of one try; of a file, as long as nothing comes
  Duration first_pause = 200ms;  ///< after every orchestrator was tried; doubles
  Duration longest_pause = 5s;
};

/// What came with a file.
struct Fetched {
  bool partial = false;  ///< a log that may lack its end
};

/// What the client asks of the world around it.
struct ClientTools {
  std::function<Duration()> now;  ///< monotonic
  std::function<void(Duration)> sleep;
  std::function<void(const std::string&)> notice;  ///< a sentence for whoever waits
};

/// Thread: one at a time.
class DeltaClient {
 public:
  DeltaClient(HttpClient& http, ClientOptions options, ClientTools tools);

  /// The answer is ok. Failures: kRefused with the orchestrator's reason; kUnreachable, which says
  /// whether the request may have been done.
  Outcome<Response> call(const Call& call);
  /// The answer's body must be of this kind.
  template <class Body>
  Outcome<Body> ask(const Call& request) {
    Outcome<Response> response = call(request);
    if (!response) return std::unexpected(std::move(response.error()));
    if (auto* body = std::get_if<Body>(&response->body)) return std::move(*body);
    return failed(ExitCode::kUnreachable, "the answer is not the one to this request",
                  "is the URL that of an orchestrator, and of this version?");
  }
  /// Writes a log or an artifact to a file, from its beginning with every try.
  Outcome<Fetched> fetch(const Call& call, int file);

  /// One that asks this orchestrator alone.
  DeltaClient only(const std::string& url) const;

  const ClientOptions& options() const { return options_; }

 private:
  struct Try;
  using Attempt = std::function<Try(const std::string& url, Duration timeout)>;

  Try try_call(const Call& call, const std::string& url, Duration timeout);
  Try try_fetch(const Call& call, int file, const std::string& url, Duration timeout,
                Fetched& fetched);
  HttpRequest request_of(const Call& call, const std::string& url) const;
  Outcome<Response> repeat(const Call& call, const Attempt& attempt);
  std::unexpected<Failure> given_up(const Call& call, const std::string& why,
                                    bool perhaps_done) const;
  void complain(const std::string& url, const std::string& why);

  HttpClient& http_;
  ClientOptions options_;
  ClientTools tools_;
  std::size_t current_ = 0;           ///< the orchestrator that answered last
  std::set<std::string> complained_;  ///< orchestrators that fail; each is said once
};

/// 128 random bits, as 32 hexadecimal digits.
std::string random_key();

}  // namespace delta::client

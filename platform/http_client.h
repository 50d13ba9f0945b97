// Blocking HTTP/1.1 requests, over libcurl. No redirects, no proxy, no cookies, no retries but the
// one that call() tells of.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"

namespace delta {

struct HttpOptions {
  std::string user_agent = "delta";
  std::string ca_file = {};               ///< PEM; empty: the system's
  bool verify = true;                     ///< the server's certificate, and that it is for it
  Duration connect_timeout = 5s;          ///< to find, reach and shake hands with the server
  std::uint64_t max_reply = 16ULL << 20;  ///< bytes of an answer's body
  std::size_t max_idle_connections = 64;  ///< kept open for later calls
};

/// An open file's first `size` bytes. Read with pread(2); the caller closes it.
struct HttpFile {
  int descriptor = -1;
  std::uint64_t size = 0;
};

/// AWS signature version 4.
struct HttpSigning {
  std::string region;
  std::string service;
  std::string access_key;
  std::string secret_key;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};  ///< http or https, percent-encoded; sent as it is
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string_view body = {};
  std::optional<HttpFile> file = {};  ///< sent instead of `body`
  Duration timeout = 30s;             ///< for all of it
  /// no_reply when less than 1 kB/s were sent or received for so long; whole seconds; 0: never
  Duration stall = 0s;
  /// Receives the body of an answer 2xx, piece by piece, instead of HttpReply::body. False ends
  /// the call with no_reply. Must not throw, nor use the client.
  std::function<bool(std::string_view)> receive = {};
  /// Instead of the client's, if not 0; with `receive` of an answer 2xx only.
  std::uint64_t max_reply = 0;
  std::optional<HttpSigning> signing = {};
};

struct HttpReply {
  long status = 0;
  std::map<std::string, std::string>
      headers;  ///< names in lower case; repeated ones joined by ", "
  std::string body;
};

enum class HttpFailure : std::uint8_t {
  bad_request,  ///< its URL, method or a header is malformed; nothing was sent
  not_sent,     ///< no connection, or no TLS: the server saw nothing of the request
  no_reply,     ///< sent, or begun to be, and no complete answer: it may have been done
  too_large,    ///< answered, with more than max_reply bytes or with endless headers
};
struct HttpError {
  HttpFailure kind = HttpFailure::no_reply;
  std::string detail;  ///< names the server; never the path, a header or a body
};

/// Thread: any. Calls run side by side, each on a connection of its own; connections are kept and
/// used again, by whichever thread.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options = {});
  /// No call may be running.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Blocks for at most the request's timeout. Any status is an answer.
  ///
  /// A kept connection may end just when a request is sent on it. Where not one byte was answered,
  /// libcurl would send any request again on a new connection, although the server may have done
  /// it before it died. Here only GET, HEAD, PUT, DELETE and OPTIONS are sent again; anything else
  /// is no_reply. A connection that was seen to be closed before it is used is replaced, for all.
  std::expected<HttpReply, HttpError> call(const HttpRequest& request);

  /// For good: ends calls that are running, at once, and refuses later ones with not_sent.
  void stop();
  bool is_stopped() const { return stopped_; }

 private:
  struct Lane;      // an easy handle in a multi handle, which keeps its connection
  struct LaneUser;  // takes a lane and gives it back

  const HttpOptions options_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> idle_;  ///< the one that was used last is the last
  std::vector<Lane*> busy_;
};

}  // namespace delta

#include "platform/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/check.h"

namespace delta {

namespace {

constexpr std::uint64_t kMaxHeaders = 64ULL << 10;  ///< bytes, of all answers to one call
constexpr int kLongestWaitMs = 10'000;              ///< libcurl's own timers end a wait earlier

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;
using Result = std::expected<HttpReply, HttpError>;

void init_curl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(done == CURLE_OK);
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

long milliseconds(Duration time) {
  // Rounded up: 0 would be no limit at all.
  return std::max<long>(std::chrono::ceil<std::chrono::milliseconds>(time).count(), 1);
}

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' '; });
}

bool is_header_name(std::string_view name) {
  return !name.empty() && is_visible(name) &&
         name.find_first_of(": \x7f") == std::string_view::npos;
}

std::optional<std::string> part_of(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return std::nullopt;
  std::string copy = text;
  curl_free(text);
  return copy;
}

/// "https://host:443", or nothing when the URL is not one that a client can call.
std::optional<std::string> origin_of(const std::string& text) {
  if (text.contains('\0')) return std::nullopt;
  const Url url(curl_url(), &curl_url_cleanup);
  CHECK(url != nullptr);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::nullopt;
  }
  const auto scheme = part_of(url, CURLUPART_SCHEME);
  const auto host = part_of(url, CURLUPART_HOST);
  const auto port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!scheme || !host || !port || (*scheme != "http" && *scheme != "https")) return std::nullopt;
  return *scheme + "://" + *host + ":" + *port;
}

const char* what_is_malformed(const HttpRequest& request) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (request.method.empty() || !std::ranges::all_of(request.method, is_upper)) return "method";
  for (const auto& [name, value] : request.headers) {
    if (!is_header_name(name) || !is_visible(value)) return "header";
  }
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  constexpr const char* spaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

/// May it be done twice? RFC 9110, 9.2.2.
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

/// One call, as libcurl's callbacks see it.
struct Transfer {
  CURL* easy;
  const HttpRequest& request;
  std::uint64_t max_reply;  ///< by default
  HttpReply reply = {};
  std::uint64_t received = 0;
  std::uint64_t header_bytes = 0;
  std::uint64_t read = 0;  ///< of the file to send
  int sends = 0;           ///< how often it was begun to send the request
  bool too_large = false;
  const char* stop = nullptr;  ///< why a callback ended it
  std::array<char, CURL_ERROR_SIZE> error = {};

  bool end(const char* why) {
    stop = why;
    return false;
  }
  bool end_too_large(const char* why) {
    too_large = true;
    return end(why);
  }
  /// Before the request is sent on a connection, which is there.
  bool begin_sending() {
    if (++sends == 1 || is_idempotent(request.method)) return true;
    return end("the connection closed instead of an answer");
  }
  bool take_header(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > kMaxHeaders) return end_too_large("the headers are too long");
    if (line.starts_with("HTTP/")) {
      reply.headers.clear();  // those of an interim answer
      return true;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    std::string name(line.substr(0, colon));
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::string_view value = trimmed(line.substr(colon + 1));
    const auto [at, is_new] = reply.headers.try_emplace(std::move(name), value);
    if (!is_new) at->second.append(", ").append(value);
    return true;
  }
  bool take_body(std::string_view piece) {
    curl_off_t announced = -1;
    if (received == 0) {
      curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
    }
    received += piece.size();
    const bool is_wanted = request.receive && reply.status / 100 == 2;
    const bool is_limited = request.max_reply > 0 && (is_wanted || !request.receive);
    const std::uint64_t limit = is_limited ? request.max_reply : max_reply;
    if (received > limit || (announced >= 0 && static_cast<std::uint64_t>(announced) > limit)) {
      return end_too_large("the answer is too large");
    }
    if (is_wanted) return request.receive(piece) || end("the answer was not wanted to its end");
    reply.body += piece;
    return true;
  }
  std::size_t read_file(char* into, std::size_t size) {
    const std::uint64_t rest = request.file->size - read;
    if (rest == 0) return 0;
    const ssize_t got = pread(request.file->descriptor, into, std::min<std::uint64_t>(size, rest),
                              static_cast<off_t>(read));
    if (got <= 0) {
      end("the file to send cannot be read, or has become shorter");
      return CURL_READFUNC_ABORT;
    }
    read += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
};

Transfer& transfer_of(void* pointer) { return *static_cast<Transfer*>(pointer); }

int on_connected(void* transfer, char*, char*, int, int) {
  return transfer_of(transfer).begin_sending() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}
std::size_t on_header(char* text, std::size_t, std::size_t size, void* transfer) {
  return transfer_of(transfer).take_header({text, size}) ? size : 0;
}
std::size_t on_body(char* text, std::size_t, std::size_t size, void* transfer) {
  return transfer_of(transfer).take_body({text, size}) ? size : 0;
}
std::size_t on_read(char* into, std::size_t unit, std::size_t units, void* transfer) {
  return transfer_of(transfer).read_file(into, unit * units);
}
int on_seek(void* transfer, curl_off_t offset, int) {
  transfer_of(transfer).read = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}
/// Not for the processes that a runner starts.
curl_socket_t on_socket(void*, curlsocktype, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Headers headers_of(const HttpRequest& request, bool typed) {
  curl_slist* list = nullptr;
  const auto add = [&list](const std::string& line) {
    curl_slist* longer = curl_slist_append(list, line.c_str());
    CHECK(longer != nullptr);
    list = longer;
  };
  for (const auto& [name, value] : request.headers) {
    // libcurl's way to say that a header is there and empty.
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  // Not with a signature: libcurl 7.88 signs the headers that it is told to leave out.
  if (!request.signing) {
    add("Expect:");                    // or libcurl waits for a second before a large body
    if (!typed) add("Content-Type:");  // or libcurl calls every body a form
  }
  return {list, &curl_slist_free_all};
}

void set_body(CURL* easy, const HttpRequest& request) {
  if (request.file && request.file->size > 0) {
    set(easy, CURLOPT_UPLOAD, 1L);
    set(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.file->size));
    set(easy, CURLOPT_READFUNCTION, &on_read);
    set(easy, CURLOPT_SEEKFUNCTION, &on_seek);
  } else if (request.method == "HEAD") {
    set(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" && request.method != "DELETE") {
    set(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_connection(CURL* easy, const HttpOptions& options) {
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_PROXY, "");  // whatever the environment says
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_QUICK_EXIT, 1L);  // a call that ended does not wait for a slow name server
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_timeout));
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(easy, CURLOPT_SSL_VERIFYPEER, options.verify ? 1L : 0L);
  set(easy, CURLOPT_SSL_VERIFYHOST, options.verify ? 2L : 0L);
  if (!options.ca_file.empty()) set(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &on_socket);
}

void set_callbacks(CURL* easy, Transfer& transfer) {
  set(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
  set(easy, CURLOPT_PREREQFUNCTION, &on_connected);
  set(easy, CURLOPT_PREREQDATA, &transfer);
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, &transfer);
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, &transfer);
  set(easy, CURLOPT_READDATA, &transfer);
  set(easy, CURLOPT_SEEKDATA, &transfer);
}

void sign(CURL* easy, const HttpSigning& signing) {
  set(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
  set(easy, CURLOPT_AWS_SIGV4, ("aws:amz:" + signing.region + ":" + signing.service).c_str());
  set(easy, CURLOPT_USERNAME, signing.access_key.c_str());
  set(easy, CURLOPT_PASSWORD, signing.secret_key.c_str());
}

HttpError error_of(const Transfer& transfer, CURLcode code) {
  HttpFailure kind = HttpFailure::no_reply;
  // A header without an end is what libcurl has no memory for.
  if (transfer.too_large || (transfer.sends > 0 && code == CURLE_OUT_OF_MEMORY)) {
    kind = HttpFailure::too_large;
  } else if (transfer.sends == 0) {
    kind = HttpFailure::not_sent;
  }
  if (transfer.stop != nullptr) return {kind, transfer.stop};
  return {kind, transfer.error[0] != '\0' ? transfer.error.data() : curl_easy_strerror(code)};
}

}  // namespace

struct HttpClient::Lane {
  explicit Lane(std::string to) : origin(std::move(to)) {
    CHECK(easy != nullptr && multi != nullptr);
    CHECK(curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 1L) == CURLM_OK);
  }
  ~Lane() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Nothing: stopped.
  std::optional<CURLcode> run(const std::atomic<bool>& stopped) {
    CHECK(curl_multi_add_handle(multi, easy) == CURLM_OK);
    int running = 1;
    while (running > 0 && !stopped) {
      CHECK(curl_multi_perform(multi, &running) == CURLM_OK);
      if (running > 0) curl_multi_poll(multi, nullptr, 0, kLongestWaitMs, nullptr);
    }
    std::optional<CURLcode> code;
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi, &left)) code = message->data.result;
    curl_multi_remove_handle(multi, easy);
    return code;
  }

  const std::string origin;
  CURL* easy = curl_easy_init();
  CURLM* multi = curl_multi_init();
};

struct HttpClient::LaneUser {
  LaneUser(HttpClient& owner, const std::string& origin) : client(owner) {
    {
      const std::lock_guard lock(client.mutex_);
      const auto found = std::find_if(client.idle_.rbegin(), client.idle_.rend(),
                                      [&](const auto& idle) { return idle->origin == origin; });
      if (found != client.idle_.rend()) {
        lane = std::move(*found);
        client.idle_.erase(std::next(found).base());
      }
    }
    if (lane == nullptr) lane = std::make_unique<Lane>(origin);
    const std::lock_guard lock(client.mutex_);
    client.busy_.push_back(lane.get());
  }
  ~LaneUser() {
    curl_easy_reset(lane->easy);
    std::unique_ptr<Lane> oldest;  // closed without the lock
    const std::lock_guard lock(client.mutex_);
    std::erase(client.busy_, lane.get());
    client.idle_.push_back(std::move(lane));
    if (client.idle_.size() <= client.options_.max_idle_connections) return;
    oldest = std::move(client.idle_.front());
    client.idle_.erase(client.idle_.begin());
  }
  LaneUser(const LaneUser&) = delete;
  LaneUser& operator=(const LaneUser&) = delete;

  HttpClient& client;
  std::unique_ptr<Lane> lane;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) { init_curl(); }

HttpClient::~HttpClient() = default;

Result HttpClient::call(const HttpRequest& request) {
  const auto origin = origin_of(request.url);
  const char* malformed = origin ? what_is_malformed(request) : "URL";
  if (malformed != nullptr) {
    return std::unexpected(
        HttpError{HttpFailure::bad_request, std::string("malformed ") + malformed});
  }
  const LaneUser user(*this, *origin);
  CURL* easy = user.lane->easy;
  const bool typed = std::ranges::any_of(request.headers, [](const auto& header) {
    return curl_strequal(header.first.c_str(), "content-type") != 0;
  });
  const Headers headers = headers_of(request, typed);
  Transfer transfer{easy, request, options_.max_reply};
  set_connection(easy, options_);
  set_callbacks(easy, transfer);
  set_body(easy, request);
  set(easy, CURLOPT_URL, request.url.c_str());
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  set(easy, CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
  set(easy, CURLOPT_LOW_SPEED_LIMIT, 1000L);
  set(easy, CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.stall).count()));
  if (request.signing) sign(easy, *request.signing);

  const std::optional<CURLcode> code = user.lane->run(stopped_);
  if (!code) transfer.end("the client was stopped");
  if (code != CURLE_OK) {
    HttpError error = error_of(transfer, code.value_or(CURLE_ABORTED_BY_CALLBACK));
    error.detail = *origin + ": " + error.detail;
    return std::unexpected(std::move(error));
  }
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  return std::move(transfer.reply);
}

void HttpClient::stop() {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  for (const Lane* lane : busy_) curl_multi_wakeup(lane->multi);
}

}  // namespace delta

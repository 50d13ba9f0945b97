#include "platform/artifacts/s3_store.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <limits>

#include "platform/artifacts/contents.h"

namespace delta {

namespace {

constexpr Duration kLongest = 1h;               ///< of a request that makes progress
constexpr std::uint64_t kMaxAnswer = 64 << 10;  ///< other than contents
constexpr const char* kDigestHeader = "x-amz-meta-sha256";
/// That of no bytes at all, for requests without a body.
constexpr const char* kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// As the signature wants it: whatever is not a letter, a digit or one of "-._~" in hexadecimal.
std::string percent_encoded(std::string_view key) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : key) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || std::string_view("-._~/").contains(c);
    if (is_plain) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return text;
}

/// What the service calls the error, such as "AccessDenied"; empty when it does not say.
std::string code_of(const HttpReply& reply) {
  const std::size_t tag = reply.body.find("<Code>");
  if (tag == std::string::npos) return {};
  const std::size_t begin = tag + 6;
  std::size_t end = begin;
  const auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (end < reply.body.size() && end < begin + 64 &&
         (is_letter(reply.body[end]) || is_digit(reply.body[end]))) {
    ++end;
  }
  return reply.body.substr(begin, end - begin);
}

bool is_retryable(long status, std::string_view code) {
  switch (status) {
    case 307:  // a new bucket that is not known everywhere yet
    case 408:
    case 409:  // met another request
    case 429: return true;
    case 400:  // what came is not what was sent, or came too slowly
      return code == "BadDigest" || code == "IncompleteBody" || code == "RequestTimeout" ||
             code == "XAmzContentSHA256Mismatch";
    case 501: return false;
    default: return status >= 500;
  }
}

std::unexpected<StoreError> refused(const std::string& what, const HttpReply& reply) {
  const std::string code = code_of(reply);
  return std::unexpected(StoreError{
      is_retryable(reply.status, code),
      what + ": status " + std::to_string(reply.status) + (code.empty() ? "" : " " + code)});
}

std::unexpected<StoreError> failed(const std::string& what, const HttpError& error) {
  return std::unexpected(
      StoreError{error.kind != HttpFailure::bad_request, what + ": " + error.detail});
}

HttpOptions with_small_replies(HttpOptions options) {
  options.max_reply = kMaxAnswer;
  return options;
}

std::string base_url(const S3Options& options) {
  if (!options.virtual_host) return options.endpoint + "/" + options.bucket + "/";
  const std::size_t host = options.endpoint.find("://") + 3;
  return options.endpoint.substr(0, host) + options.bucket + "." + options.endpoint.substr(host) +
         "/";
}

}  // namespace

/// Contents as they arrive: in memory, and from kMaxBytesInMemory on in a file.
class S3Store::Download {
 public:
  explicit Download(S3Store& store) : store_(store) {}
  ~Download() {
    if (!file_name_.empty()) unlink(file_name_.c_str());
  }
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  /// False: error() says why.
  bool take(std::string_view piece) {
    content_.size += piece.size();
    hash_.update(raw(piece));
    if (!file_ && content_.size <= kMaxBytesInMemory) {
      content_.bytes += piece;
      return true;
    }
    if (!file_ && !open_file()) return false;
    return write_all(file_.get(), piece) || fails(file_name_);
  }
  const std::optional<StoreError>& error() const { return error_; }
  Digest finish() {
    const Digest digest = hash_.finish();
    content_.digest = first_word(digest);
    return digest;
  }
  /// Once it is finished.
  std::expected<Content, StoreError> content(const Digest& digest) {
    if (!file_) return std::move(content_);
    content_.file = folder_ + "/" + to_string(digest);
    if (std::rename(file_name_.c_str(), content_.file.c_str()) != 0) {
      return std::unexpected(error_of_errno(errno, content_.file));
    }
    file_name_.clear();
    return std::move(content_);
  }

 private:
  bool open_file() {
    auto folder = store_.downloads();
    if (!folder) {
      error_ = std::move(folder.error());
      return false;
    }
    folder_ = std::move(*folder);
    file_name_ = folder_ + "/part-" + std::to_string(store_.random_.next());
    file_ = Fd(open(file_name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file_ || !write_all(file_.get(), content_.bytes)) return fails(file_name_);
    content_.bytes.clear();
    return true;
  }
  bool fails(const std::string& what) {
    error_ = error_of_errno(errno, what);
    return false;
  }

  S3Store& store_;
  Content content_;
  Sha256 hash_;
  Fd file_;
  std::string folder_;
  std::string file_name_;
  std::optional<StoreError> error_;
};

S3Store::S3Store(S3Options options)
    : options_(std::move(options)), http_(with_small_replies(options_.http)) {}

S3Store::~S3Store() {
  std::error_code ignored;
  if (!downloads_.empty()) std::filesystem::remove_all(downloads_, ignored);
}

std::expected<std::string, StoreError> S3Store::downloads() {
  const std::lock_guard lock(mutex_);
  if (downloads_.empty()) {
    std::string pattern = options_.download_folder + "/delta-artifacts.XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
      return std::unexpected(error_of_errno(errno, options_.download_folder));
    }
    downloads_ = std::move(pattern);
  }
  return downloads_;
}

std::expected<HttpRequest, StoreError> S3Store::request_for(const std::string& method,
                                                            const std::string& path) const {
  const std::string key = options_.prefix.empty() ? path : options_.prefix + "/" + path;
  if (const auto parts = split_path(path); !parts) return std::unexpected(parts.error());
  if (const auto parts = split_path(key); !parts) return std::unexpected(parts.error());
  return HttpRequest{
      .method = method,
      .url = base_url(options_) + percent_encoded(key),
      .timeout = kLongest,
      .stall = options_.timeout,
      .signing = HttpSigning{options_.region, "s3", options_.access_key, options_.secret_key},
  };
}

std::expected<void, StoreError> S3Store::put(const std::string& path, const Content& content) {
  auto request = request_for("PUT", path);
  if (!request) return std::unexpected(std::move(request.error()));
  const auto source = ContentSource::open(content);
  if (!source) return std::unexpected(source.error());
  const auto digest = source->read([](std::string_view) { return true; });
  if (!digest) return std::unexpected(digest.error());
  request->headers = {{"content-type", "application/octet-stream"},
                      {"x-amz-content-sha256", to_string(*digest)},
                      {kDigestHeader, to_string(*digest)}};
  request->body = content.bytes;
  if (source->descriptor() >= 0) request->file = HttpFile{source->descriptor(), content.size};

  const std::string what = "PUT " + path;
  const auto reply = http_.call(*request);
  if (!reply) return failed(what, reply.error());
  if (reply->status != 200) return refused(what, *reply);
  return {};
}

std::expected<std::optional<Content>, StoreError> S3Store::get(const std::string& path) {
  auto request = request_for("GET", path);
  if (!request) return std::unexpected(std::move(request.error()));
  request->headers = {{"x-amz-content-sha256", kNothing}};
  request->max_reply = std::numeric_limits<std::uint64_t>::max();
  Download download(*this);
  request->receive = [&download](std::string_view piece) { return download.take(piece); };

  const std::string what = "GET " + path;
  const auto reply = http_.call(*request);
  if (download.error()) return std::unexpected(*download.error());
  if (!reply) return failed(what, reply.error());
  if (reply->status == 404 && code_of(*reply) != "NoSuchBucket") return std::nullopt;
  if (reply->status != 200) return refused(what, *reply);
  const auto announced = reply->headers.find(kDigestHeader);
  const Digest digest = download.finish();
  if (announced == reply->headers.end()) {
    return std::unexpected(refused_for_good(what + ": the object has no metadata 'sha256'"));
  }
  if (announced->second != to_string(digest)) {
    return std::unexpected(refused_for_good(what + ": the contents do not have their digest"));
  }
  return download.content(digest);
}

}  // namespace delta

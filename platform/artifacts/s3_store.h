// Artifacts in Amazon S3, or in anything that speaks its protocol.
#pragma once

#include <string>

#include "core/ports/artifact_store.h"
#include "platform/http_client.h"
#include "platform/threads.h"

namespace delta {

struct S3Options {
  std::string endpoint;  ///< "https://s3.eu-west-1.amazonaws.com", without a path
  std::string region = "us-east-1";
  std::string bucket;
  std::string prefix = {};  ///< of every key, with a '/' after it; or empty
  std::string access_key = {};
  std::string secret_key = {};
  bool virtual_host = false;  ///< the bucket in the host's name, and not in the path
  Duration timeout = 30s;     ///< that a request may go without progress
  /// Where get() puts what is larger than kMaxBytesInMemory.
  std::string download_folder = "/var/tmp";
  HttpOptions http = {};
};

/// An artifact is one object, of as much as the service takes in one PUT (5 GiB at Amazon's). Its
/// SHA-256 is sent as the signed hash of the request, which the service checks, and kept as
/// metadata `sha256`, which get() checks. Requests go once: trying again is the caller's.
class S3Store final : public ArtifactStore {
 public:
  explicit S3Store(S3Options options);
  /// Deletes what was downloaded.
  ~S3Store() override;

  std::expected<void, StoreError> put(const std::string& path, const Content& content) override;
  /// Contents above kMaxBytesInMemory come as a file, which lives as long as the store. The same
  /// contents are the same file.
  std::expected<std::optional<Content>, StoreError> get(const std::string& path) override;

 private:
  class Download;

  std::expected<HttpRequest, StoreError> request_for(const std::string& method,
                                                     const std::string& path) const;
  /// A folder of this store's own.
  std::expected<std::string, StoreError> downloads();

  const S3Options options_;
  HttpClient http_;
  KernelRandom random_;
  std::mutex mutex_;
  std::string downloads_;  ///< empty until it is needed
};

}  // namespace delta

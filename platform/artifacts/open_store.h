// The artifact store that a URL names.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "core/ports/artifact_store.h"
#include "platform/http_client.h"

namespace delta {

/// What is not in the URL, since URLs are shown.
struct ArtifactStoreOptions {
  std::string access_key = {};  ///< of S3
  std::string secret_key = {};
  Duration timeout = 30s;  ///< that a request to S3 may go without progress
  std::string download_folder = "/var/tmp";
  HttpOptions http = {};
};

/// One of
///   file:/var/lib/delta/artifacts
///   s3://bucket/prefix?endpoint=https://minio:9000&region=eu-west-1&style=virtual
/// where prefix and everything after '?' may be missing: then it is Amazon's endpoint of the region
/// us-east-1, with the bucket in the path (style=path). An error names what is wrong, for the
/// person who wrote the URL. Nothing is sent yet.
std::expected<std::unique_ptr<ArtifactStore>, std::string> open_artifact_store(
    const std::string& url, const ArtifactStoreOptions& options = {});

}  // namespace delta

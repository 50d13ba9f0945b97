#include "platform/artifacts/open_store.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "platform/artifacts/contents.h"
#include "platform/artifacts/folder_store.h"
#include "platform/artifacts/s3_store.h"

namespace delta {

namespace {

using Opened = std::expected<std::unique_ptr<ArtifactStore>, std::string>;
using Checked = std::expected<void, std::string>;

bool is_made_of(std::string_view text, std::string_view others) {
  return !text.empty() && std::ranges::all_of(text, [others](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.contains(c);
  });
}

Opened open_folder(std::string folder) {
  if (folder.starts_with("//")) folder.erase(0, 2);  // file:///folder is file:/folder
  if (!folder.starts_with('/')) {
    return std::unexpected("the folder '" + folder + "' must be absolute: file:/folder");
  }
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return std::unexpected("'" + folder + "' is no folder that can be opened");
  }
  return std::make_unique<FolderStore>(std::move(folder));
}

Checked check_endpoint(std::string& endpoint) {
  if (endpoint.ends_with('/')) endpoint.pop_back();
  const bool is_http = endpoint.starts_with("http://") || endpoint.starts_with("https://");
  const std::string_view host =
      std::string_view(endpoint).substr(is_http ? endpoint.find("://") + 3 : endpoint.size());
  if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) {
    return std::unexpected("endpoint '" + endpoint +
                           "' must be http://host:port or https://host:port");
  }
  return {};
}

/// One `name=value` of the URL.
Checked set_parameter(S3Options& s3, std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  const std::string value(equals == std::string_view::npos ? "" : text.substr(equals + 1));
  if (name == "endpoint") {
    s3.endpoint = value;
    return check_endpoint(s3.endpoint);
  }
  if (name == "region") {
    s3.region = value;
    if (is_made_of(value, "-")) return {};
    return std::unexpected("region '" + value + "' must be lower-case letters, digits and '-'");
  }
  if (name == "style") {
    s3.virtual_host = value == "virtual";
    if (s3.virtual_host || value == "path") return {};
    return std::unexpected("style '" + value + "' must be path or virtual");
  }
  return std::unexpected("'" + name + "' is none of endpoint, region, style");
}

Checked set_parameters(S3Options& s3, std::string_view query) {
  std::set<std::string_view> seen;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const std::string_view name = parameter.substr(0, parameter.find('='));
    if (!seen.insert(name).second) {
      return std::unexpected("'" + std::string(name) + "' is there twice");
    }
    if (auto set = set_parameter(s3, parameter); !set) return set;
  }
  return {};
}

Checked set_place(S3Options& s3, std::string_view place) {
  // Not shown: it may be a key.
  if (place.contains('@')) return std::unexpected("'@': keys do not belong into the URL");
  s3.bucket = place.substr(0, place.find('/'));
  if (!is_made_of(s3.bucket, ".-")) {
    return std::unexpected("bucket '" + s3.bucket +
                           "' must be lower-case letters, digits, '.' and '-'");
  }
  place.remove_prefix(std::min(s3.bucket.size() + 1, place.size()));
  if (place.ends_with('/')) place.remove_suffix(1);
  s3.prefix = place;
  if (s3.prefix.empty()) return {};
  const auto parts = split_path(s3.prefix);
  if (!parts) return std::unexpected("prefix '" + s3.prefix + "': " + parts.error().detail);
  return {};
}

Opened open_s3(std::string_view text, const ArtifactStoreOptions& options) {
  S3Options s3;
  const std::size_t question = std::min(text.find('?'), text.size());
  if (auto set = set_place(s3, text.substr(0, question)); !set) {
    return std::unexpected(std::move(set.error()));
  }
  text.remove_prefix(std::min(question + 1, text.size()));
  if (auto set = set_parameters(s3, text); !set) return std::unexpected(std::move(set.error()));
  if (s3.endpoint.empty()) s3.endpoint = "https://s3." + s3.region + ".amazonaws.com";
  if (options.access_key.empty()) return std::unexpected("it needs an access key beside it");
  if (options.secret_key.empty()) return std::unexpected("it needs a secret key beside it");
  s3.access_key = options.access_key;
  s3.secret_key = options.secret_key;
  s3.timeout = options.timeout;
  s3.download_folder = options.download_folder;
  s3.http = options.http;
  return std::make_unique<S3Store>(std::move(s3));
}

}  // namespace

Opened open_artifact_store(const std::string& url, const ArtifactStoreOptions& options) {
  Opened opened = std::unexpected("it must begin with file:/ or s3://");
  if (url.starts_with("file:")) opened = open_folder(url.substr(5));
  if (url.starts_with("s3://")) opened = open_s3(std::string_view(url).substr(5), options);
  if (!opened) return std::unexpected("the artifact store's URL: " + opened.error());
  return opened;
}

}  // namespace delta

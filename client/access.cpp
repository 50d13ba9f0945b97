#include "client/access.h"

#include <algorithm>
#include <fstream>

#include "core/columns.h"
#include "core/text.h"

namespace delta::client {

namespace {

constexpr std::size_t kLongestToken = 4096;

Outcome<std::string> checked_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  const bool is_http = url.starts_with("http://") || url.starts_with("https://");
  const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  const std::size_t host = url.find("://");
  if (is_http && plain && url.size() > host + 3 && !url.contains('?') && !url.contains('#')) {
    return url;
  }
  return failed(ExitCode::kUsage, quote(url) + " is not the URL of an orchestrator",
                "write it as http://host:port or https://host:port");
}

Outcome<std::vector<std::string>> find_urls(std::vector<std::string> urls,
                                            const Environment& environment) {
  if (urls.empty()) {
    const std::string listed = environment("DELTA_URL");
    for (std::size_t at = 0; at < listed.size();) {
      const std::size_t comma = std::min(listed.find(',', at), listed.size());
      std::string url = listed.substr(at, comma - at);
      std::erase(url, ' ');
      if (!url.empty()) urls.push_back(std::move(url));
      at = comma + 1;
    }
  }
  if (urls.empty()) {
    return failed(ExitCode::kUsage, "it is not known where the orchestrators are",
                  "give --url http://host:port, once for each, or set DELTA_URL");
  }
  std::vector<std::string> checked;
  for (std::string& url : urls) {
    auto good = checked_url(std::move(url));
    if (!good) return std::unexpected(std::move(good.error()));
    if (std::ranges::find(checked, *good) == checked.end()) checked.push_back(std::move(*good));
  }
  return checked;
}

Outcome<Secret> checked_token(std::string token, const std::string& source) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!token.empty() && is_blank(token.back())) token.pop_back();
  const auto good = [](char c) { return c > ' ' && c < '\x7f'; };
  // Never say what it holds instead: it may be another secret.
  if (token.empty()) return failed(ExitCode::kUsage, source + " holds no token");
  if (token.size() > kLongestToken || !std::ranges::all_of(token, good)) {
    return failed(ExitCode::kUsage, source + " holds something that is not a token",
                  "a token is one word on one line");
  }
  return Secret(std::move(token));
}

Outcome<Secret> find_token(std::string file, const Environment& environment) {
  if (file.empty()) {
    file = environment("DELTA_TOKEN_FILE");
    std::string token = environment("DELTA_TOKEN");
    if (file.empty() && !token.empty()) return checked_token(std::move(token), "DELTA_TOKEN");
  }
  if (file.empty()) {
    return failed(ExitCode::kUsage, "there is no token to ask with",
                  "give --token-file FILE, or set DELTA_TOKEN_FILE or DELTA_TOKEN; whoever runs "
                  "the orchestrator makes tokens with 'delta-orchestrator token'");
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return failed(ExitCode::kUsage, "the token's file " + quote(file) + " cannot be opened");
  }
  std::string token(kLongestToken + 1, '\0');
  stream.read(token.data(), static_cast<std::streamsize>(token.size()));
  token.resize(static_cast<std::size_t>(stream.gcount()));
  return checked_token(std::move(token), "the token's file " + quote(file));
}

}  // namespace

Outcome<Access> find_access(const AccessOptions& options, const Environment& environment,
                            bool needs_token) {
  Access access;
  auto urls = find_urls(options.urls, environment);
  if (!urls) return std::unexpected(std::move(urls.error()));
  access.urls = std::move(*urls);
  if (needs_token) {
    auto token = find_token(options.token_file, environment);
    if (!token) return std::unexpected(std::move(token.error()));
    access.token = std::move(*token);
  }
  access.ca_file = options.ca_file.empty() ? environment("DELTA_CA_FILE") : options.ca_file;
  if (!access.ca_file.empty() && !std::ifstream(access.ca_file)) {
    return failed(ExitCode::kUsage,
                  "the certificates' file " + quote(access.ca_file) + " cannot be opened");
  }
  return access;
}

}  // namespace delta::client

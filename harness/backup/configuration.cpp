#include "harness/backup/configuration.h"

#include <algorithm>
#include <sstream>

#include "core/text.h"

namespace aftershock::backup {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

bool fits_a_line(std::string_view value) {
  return !value.empty() && std::ranges::none_of(value, delta::is_control) &&
         trimmed(value) == value;
}

struct S3Place {
  std::string bucket, path, endpoint, region, uri_style;
};

/// Of s3://BUCKET/PATH?endpoint=HOST[:PORT]&region=REGION[&uri-style=path].
Result<S3Place> s3_place(const std::string& text) {
  constexpr std::string_view kScheme = "s3://";
  const std::string hint =
      "write it as s3://BUCKET/PATH?endpoint=HOST&region=REGION, with &uri-style=path for MinIO";
  const std::size_t question = text.find('?');
  const std::string place = text.substr(kScheme.size(), question - kScheme.size());
  S3Place s3;
  s3.bucket = place.substr(0, place.find('/'));
  s3.path = place.size() > s3.bucket.size() ? place.substr(s3.bucket.size()) : "/";
  std::istringstream rest(question == std::string::npos ? "" : text.substr(question + 1));
  for (std::string pair; std::getline(rest, pair, '&');) {
    const std::string key = pair.substr(0, pair.find('='));
    const std::string value = pair.size() > key.size() ? pair.substr(key.size() + 1) : "";
    if (key == "endpoint") {
      s3.endpoint = value;
    } else if (key == "region") {
      s3.region = value;
    } else if (key == "uri-style") {
      s3.uri_style = value;
    } else {
      return refused("--repo: a bucket has no " + delta::quote(key), hint);
    }
  }
  if (s3.bucket.empty() || s3.endpoint.empty() || s3.region.empty()) {
    return refused("--repo: a bucket needs its name, an endpoint and a region", hint);
  }
  return s3;
}

Result<std::string> lines_of_place(const std::string& place) {
  if (!place.starts_with("s3://")) {
    if (!place.starts_with('/')) {
      return refused("--repo: " + delta::quote(place) + " is neither an absolute path nor s3://",
                     "PostgreSQL archives from a folder of its own: name the folder from /");
    }
    return "repo1-path=" + place + "\n";
  }
  const auto s3 = s3_place(place);
  if (!s3) return std::unexpected(s3.error());
  return "repo1-type=s3\nrepo1-path=" + s3->path + "\nrepo1-s3-bucket=" + s3->bucket +
         "\nrepo1-s3-endpoint=" + s3->endpoint + "\nrepo1-s3-region=" + s3->region + "\n" +
         (s3->uri_style.empty() ? "" : "repo1-s3-uri-style=" + s3->uri_style + "\n");
}

}  // namespace

Configuration Configuration::parse(std::string_view text) {
  Configuration parsed;
  std::string section;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::string content = trimmed(line);
    if (content.empty() || content.starts_with('#')) continue;
    if (content.starts_with('[') && content.ends_with(']')) {
      section = content.substr(1, content.size() - 2);
      parsed.sections_[section];
      continue;
    }
    const std::size_t equals = content.find('=');
    if (equals == std::string::npos) continue;
    parsed.sections_[section][trimmed(content.substr(0, equals))] =
        trimmed(content.substr(equals + 1));
  }
  return parsed;
}

std::string Configuration::value(const std::string& stanza, const std::string& key) const {
  for (const std::string& name : {stanza, std::string("global")}) {
    const auto section = sections_.find(name);
    if (section == sections_.end()) continue;
    const auto found = section->second.find(key);
    if (found != section->second.end()) return found->second;
  }
  return "";
}

Result<std::string> text_of(const NewRepository& repository) {
  for (const std::string& value : {repository.place, repository.stanza, repository.data,
                                   repository.port, repository.socket, repository.user}) {
    if (!fits_a_line(value)) return refused("not a value: " + delta::quote(value));
  }
  if (!repository.passphrase.empty() && !fits_a_line(repository.passphrase.reveal())) {
    return refused("the passphrase begins or ends with a blank, or holds a control character");
  }
  const auto place = lines_of_place(repository.place);
  if (!place) return std::unexpected(place.error());
  std::string text =
      "# pgBackRest's configuration, begun by `aftershock backup init`.\n[global]\n" + *place +
      "repo1-retention-full=" + std::to_string(repository.keep_full) +
      "\nrepo1-bundle=y\nstart-fast=y\n";
  if (repository.encrypted) text += "repo1-cipher-type=aes-256-cbc\n";
  if (!repository.passphrase.empty()) {
    text += "repo1-cipher-pass=" + repository.passphrase.reveal() + "\n";
  }
  if (!repository.state_folder.empty()) {
    for (const char* const name : {"lock", "log", "spool"}) {
      text += std::string(name) + "-path=" + repository.state_folder + "/" + name + "\n";
    }
  }
  return text + "\n[" + repository.stanza + "]\npg1-path=" + repository.data +
         "\npg1-port=" + repository.port + "\npg1-socket-path=" + repository.socket +
         "\npg1-user=" + repository.user + "\n";
}

std::string archive_settings(const std::string& config, const std::string& stanza) {
  return "archive_mode = on\narchive_timeout = 60\narchive_command = 'pgbackrest --config=" +
         config + " --stanza=" + stanza + " archive-push %p'\n";
}

}  // namespace aftershock::backup

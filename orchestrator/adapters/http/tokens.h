// Who may ask for what: bearer tokens, of which only hashes are kept.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/sha256.h"
#include "platform/wire/routes.h"

namespace delta::http {

using wire::Role;

struct Principal {
  std::string name;  ///< for the audit log
  Role role = Role::client;
};

/// A token is 256 random bits, so that its plain SHA-256 gives nothing away.
class Tokens {
 public:
  /// A file with a line `role name sha256` for each token; `#` begins a comment. The error names
  /// the line.
  static std::expected<Tokens, std::string> read(const std::string& file);

  /// Of an Authorization header, "Bearer ...".
  const Principal* find(std::string_view authorization) const;
  std::size_t size() const { return principals_.size(); }

 private:
  std::map<Digest, Principal> principals_;  ///< by the token's hash
};

/// The tokens in force. Thread: any.
class TokenStore {
 public:
  explicit TokenStore(Tokens tokens) : tokens_(std::make_shared<const Tokens>(std::move(tokens))) {}

  std::optional<Principal> find(std::string_view authorization) const;
  /// Those in use until now go on until they have been looked up.
  void replace(Tokens tokens);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Tokens> tokens_;
};

struct NewToken {
  std::string token;  ///< to be shown once
  std::string line;   ///< for the file
};
/// Name: see is_operator_name(), and without blanks.
NewToken make_token(Role role, const std::string& name, std::string_view random_bytes);

}  // namespace delta::http

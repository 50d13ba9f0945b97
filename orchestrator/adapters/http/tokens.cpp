#include "orchestrator/adapters/http/tokens.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "core/policy.h"

namespace delta::http {

namespace {

constexpr std::array kRoles{Role::client, Role::runner, Role::admin};

Digest hash_of(std::string_view token) {
  return sha256({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()});
}

std::optional<Role> role_named(std::string_view name) {
  for (const Role role : kRoles) {
    if (name_of(role) == name) return role;
  }
  return std::nullopt;
}

std::optional<Digest> digest_of_hex(std::string_view hex) {
  Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    static constexpr std::string_view digits = "0123456789abcdef";
    const std::size_t value = digits.find(hex[i]);
    if (value == std::string_view::npos) return std::nullopt;
    digest[i / 2] = static_cast<std::uint8_t>(unsigned{digest[i / 2]} << 4 | value);
  }
  return digest;
}

}  // namespace

std::expected<Tokens, std::string> Tokens::read(const std::string& file) {
  std::ifstream in(file);
  if (!in) return std::unexpected(file + ": cannot be read");
  Tokens tokens;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const auto wrong = [&](const std::string& what) {
      return std::unexpected(file + ":" + std::to_string(number) + ": " + what);
    };
    std::istringstream words(line.substr(0, line.find('#')));
    std::string role_name;
    std::string name;
    std::string hash;
    std::string more;
    if (!(words >> role_name)) continue;
    if (!(words >> name >> hash) || words >> more) {
      return wrong("a line is: role name sha256-of-the-token");
    }
    const auto role = role_named(role_name);
    if (!role) return wrong("the role is client, runner or admin, not '" + role_name + "'");
    if (!is_operator_name(name)) return wrong("the name is too long, or not printable");
    const auto digest = digest_of_hex(hash);
    if (!digest) return wrong("the hash is not 64 lower-case hexadecimal digits");
    if (!tokens.principals_.emplace(*digest, Principal{name, *role}).second) {
      return wrong("this token was there before");
    }
  }
  if (tokens.principals_.empty()) {
    return std::unexpected(file + ": holds no token; make one with: delta-orchestrator token");
  }
  return tokens;
}

const Principal* Tokens::find(std::string_view authorization) const {
  // The name of the scheme may be in any case (RFC 9110).
  static constexpr std::string_view scheme = "bearer ";
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  if (!std::ranges::equal(authorization.substr(0, scheme.size()), scheme, same)) return nullptr;
  const auto found = principals_.find(hash_of(authorization.substr(scheme.size())));
  return found == principals_.end() ? nullptr : &found->second;
}

std::optional<Principal> TokenStore::find(std::string_view authorization) const {
  std::shared_ptr<const Tokens> present;
  {
    const std::lock_guard lock(mutex_);
    present = tokens_;
  }
  const Principal* found = present->find(authorization);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

void TokenStore::replace(Tokens tokens) {
  auto fresh = std::make_shared<const Tokens>(std::move(tokens));
  const std::lock_guard lock(mutex_);
  tokens_ = std::move(fresh);
}

NewToken make_token(Role role, const std::string& name, std::string_view random_bytes) {
  const std::string token = "delta_" + to_string(hash_of(random_bytes));
  return {token, std::string(name_of(role)) + " " + name + " " + to_string(hash_of(token))};
}

}  // namespace delta::http

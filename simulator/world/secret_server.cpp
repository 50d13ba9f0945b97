#include "simulator/world/secret_server.h"

namespace aftershock::sim {

void SecretServer::get(const std::string& name, const ReplyTo<std::optional<std::string>>& reply) {
  gate_.pass(reply, [this, name, reply] {
    const auto found = values_.find(name);
    reply(found == values_.end() ? std::nullopt : std::optional(found->second));
  });
}

std::expected<std::string, delta::SecretError> SecretClient::get(const std::string& name) {
  auto found = remote_call<std::optional<std::string>>(
      route_, timeout_, [&server = server_, name](auto& reply) { server.get(name, reply); });
  if (!found)
    return std::unexpected(delta::SecretError{true, describe(found.error(), "the secrets store")});
  if (!*found) return std::unexpected(delta::SecretError{false, "there is no such secret"});
  return std::move(**found);
}

}  // namespace aftershock::sim

#include "simulator/world/artifact_server.h"

namespace aftershock::sim {

void ArtifactServer::put(const std::string& path, std::uint64_t digest,
                         const ReplyTo<bool>& reply) {
  if (outage_.on()) {
    ++refused_;
    return reply.fail(CallEnd::refused);
  }
  objects_[path] = digest;
  reply(true);
}

void ArtifactServer::get(const std::string& path,
                         const ReplyTo<std::optional<std::uint64_t>>& reply) {
  if (outage_.on()) {
    ++refused_;
    return reply.fail(CallEnd::refused);
  }
  const auto found = objects_.find(path);
  reply(found == objects_.end() ? std::nullopt : std::optional(found->second));
}

namespace {

delta::StoreError error_of(CallEnd end) {
  const bool refused = end == CallEnd::refused;
  return {true, refused ? "the artifact store refuses connections"
                        : "the artifact store does not answer"};
}

}  // namespace

std::expected<void, delta::StoreError> ArtifactClient::put(const std::string& path,
                                                           std::uint64_t digest) {
  const auto done = remote_call<bool>(
      route_, timeout_,
      [&server = server_, path, digest](auto& reply) { server.put(path, digest, reply); });
  if (!done) return std::unexpected(error_of(done.error()));
  return {};
}

std::expected<std::optional<std::uint64_t>, delta::StoreError> ArtifactClient::get(
    const std::string& path) {
  auto found = remote_call<std::optional<std::uint64_t>>(
      route_, timeout_, [&server = server_, path](auto& reply) { server.get(path, reply); });
  if (!found) return std::unexpected(error_of(found.error()));
  return *found;
}

}  // namespace aftershock::sim

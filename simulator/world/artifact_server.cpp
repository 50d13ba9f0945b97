#include "simulator/world/artifact_server.h"

namespace aftershock::sim {

namespace {

constexpr delta::Duration kRetentionScan{1'000'000'000};
constexpr std::string_view kName = "the artifact store";

bool happens(delta::Rng& rng, std::int32_t ppm) {
  return ppm > 0 && rng.chance_ppm(static_cast<std::uint32_t>(ppm));
}

/// Contents of which nobody knows more than their digest show any change by it.
void set_bytes(delta::Content& content, std::string bytes) {
  const bool known = !content.bytes.empty();
  content.digest = known ? delta::content_digest(bytes) : delta::mix64(content.digest);
  content.bytes = std::move(bytes);
}

delta::Content first_half(delta::Content content) {
  content.size /= 2;
  set_bytes(content, content.bytes.substr(0, content.bytes.size() / 2));
  return content;
}

delta::Content with_flipped_bit(delta::Content content, delta::Rng& rng) {
  std::string bytes = content.bytes;
  if (!bytes.empty()) {
    char& hit = bytes[static_cast<std::size_t>(rng.below(bytes.size()))];
    hit = static_cast<char>(hit ^ (1 << rng.below(8)));
  }
  set_bytes(content, std::move(bytes));
  return content;
}

}  // namespace

void ArtifactServer::put(const std::string& path, const delta::Content& content,
                         const ReplyTo<PutAnswer>& reply) {
  gate_.pass(reply, [this, path, content, reply] {
    if (read_only_.on()) {
      ++counters_.denied;
      return reply(PutAnswer::denied);
    }
    if (happens(upload_rng_, partial_ppm_)) {
      ++counters_.cut;
      if (leaves_parts_.on()) objects_[path] = {first_half(content), content.digest, kernel_.now()};
      return reply.fail(CallEnd::reset);
    }
    store(path, content);
    reply(PutAnswer::stored);
  });
}

void ArtifactServer::store(const std::string& path, const delta::Content& content) {
  const bool damaged = happens(damage_rng_, damage_ppm_);
  objects_[path] = {damaged ? with_flipped_bit(content, damage_rng_) : content, content.digest,
                    kernel_.now()};
  expired_.erase(path);
}

void ArtifactServer::get(const std::string& path, const ReplyTo<GetAnswer>& reply) {
  gate_.pass(reply, [this, path, reply] {
    const auto found = objects_.find(path);
    if (found == objects_.end()) return reply(std::nullopt);
    if (is_too_old(found->second)) {
      expire(found);
      return reply(std::nullopt);
    }
    if (found->second.is_damaged()) ++counters_.served_damaged;
    reply(found->second);
  });
}

void ArtifactServer::add_retention(delta::Duration age) {
  retentions_.insert(age);
  if (!scanning_) scan_retention();
}

void ArtifactServer::remove_retention(delta::Duration age) {
  const auto found = retentions_.find(age);
  CHECK(found != retentions_.end());
  retentions_.erase(found);
}

bool ArtifactServer::is_too_old(const StoredObject& object) const {
  return !retentions_.empty() && object.stored_at + *retentions_.begin() < kernel_.now();
}

Objects::iterator ArtifactServer::expire(Objects::iterator object) {
  ++counters_.expired;
  expired_.insert(object->first);
  return objects_.erase(object);
}

void ArtifactServer::scan_retention() {
  scanning_ = !retentions_.empty();
  if (!scanning_) return;
  for (auto at = objects_.begin(); at != objects_.end();) {
    at = is_too_old(at->second) ? expire(at) : std::next(at);
  }
  kernel_.at(kernel_.now() + kRetentionScan, [this] { scan_retention(); });
}

std::expected<void, delta::StoreError> ArtifactClient::put(const std::string& path,
                                                           const delta::Content& content) {
  const auto done = remote_call<ArtifactServer::PutAnswer>(
      route_, timeout_,
      [&server = server_, path, content](auto& reply) { server.put(path, content, reply); });
  if (!done) return std::unexpected(delta::StoreError{true, describe(done.error(), kName)});
  if (*done == ArtifactServer::PutAnswer::denied) {
    return std::unexpected(delta::StoreError{false, "the artifact store permits no upload"});
  }
  return {};
}

std::expected<std::optional<delta::Content>, delta::StoreError> ArtifactClient::get(
    const std::string& path) {
  auto found = remote_call<ArtifactServer::GetAnswer>(
      route_, timeout_, [&server = server_, path](auto& reply) { server.get(path, reply); });
  if (!found) return std::unexpected(delta::StoreError{true, describe(found.error(), kName)});
  if (!*found) return std::nullopt;
  if ((*found)->is_damaged()) {
    return std::unexpected(delta::StoreError{false, "the artifact is not what was uploaded"});
  }
  return std::move((*found)->content);
}

}  // namespace aftershock::sim

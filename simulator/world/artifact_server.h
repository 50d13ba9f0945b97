// The simulated object store: paths, contents, and the digests that the contents came with.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/ports/artifact_store.h"
#include "simulator/world/request_gate.h"

namespace aftershock::sim {

struct StoredObject {
  delta::Content content;
  std::uint64_t digest = 0;  ///< that it was put with; another than the content's: damaged
  SimTime stored_at{};

  bool is_damaged() const { return content.digest != digest; }
};
using Objects = std::map<std::string, StoredObject>;

struct ArtifactCounters {
  std::uint64_t denied = 0;          ///< puts that were not permitted
  std::uint64_t cut = 0;             ///< uploads whose connection broke in the middle
  std::uint64_t expired = 0;         ///< objects that retention deleted
  std::uint64_t served_damaged = 0;  ///< gets of contents that no longer have their digest
};

class ArtifactServer {
 public:
  enum class PutAnswer : std::uint8_t { stored, denied };
  using GetAnswer = std::optional<StoredObject>;

  ArtifactServer(Kernel& kernel, HostId host)
      : kernel_(kernel),
        host_(host),
        gate_(kernel, "artifacts"),
        upload_rng_(kernel.stream("artifacts.upload")),
        damage_rng_(kernel.stream("artifacts.damage")) {}

  HostId host() const { return host_; }

  // What happens when a request has arrived.
  void put(const std::string& path, const delta::Content& content, const ReplyTo<PutAnswer>& reply);
  void get(const std::string& path, const ReplyTo<GetAnswer>& reply);

  // Faults. Each call is one cause, which is lifted by the opposite.
  /// What is wrong with any of its requests.
  RequestGate& gate() { return gate_; }
  /// While on, requests are refused; what is stored stays.
  void set_outage(bool on) { gate_.set_outage(on); }
  /// While on, nobody may put anything; gets go on.
  void set_read_only(bool on) { read_only_.set(on); }
  /// A share of uploads breaks off in the middle.
  void add_partial_uploads(std::int32_t ppm) { partial_ppm_ += ppm; }
  /// While on, what came of such an upload is visible, as in a folder that files are written to in
  /// place.
  void set_leaves_parts(bool on) { leaves_parts_.set(on); }
  /// A bit flips in a share of what is put.
  void add_damage(std::int32_t ppm) { damage_ppm_ += ppm; }
  /// What is older than `age` cannot be read, and is deleted within a second, until it is removed.
  void add_retention(delta::Duration age);
  void remove_retention(delta::Duration age);

  // Evidence
  const ArtifactCounters& counters() const { return counters_; }
  const Objects& objects() const { return objects_; }
  /// Paths of objects that retention deleted.
  const std::set<std::string>& expired() const { return expired_; }

 private:
  void store(const std::string& path, const delta::Content& content);
  bool is_too_old(const StoredObject& object) const;
  Objects::iterator expire(Objects::iterator object);
  void scan_retention();

  Kernel& kernel_;
  HostId host_;
  RequestGate gate_;
  delta::Rng upload_rng_;
  delta::Rng damage_rng_;
  FaultSwitch read_only_;
  FaultSwitch leaves_parts_;
  std::int32_t partial_ppm_ = 0;
  std::int32_t damage_ppm_ = 0;
  std::multiset<delta::Duration> retentions_;  ///< the shortest one counts
  bool scanning_ = false;
  ArtifactCounters counters_;
  Objects objects_;
  std::set<std::string> expired_;
};

/// One process's end of the store.
class ArtifactClient final : public delta::ArtifactStore {
 public:
  ArtifactClient(const CallRoute& route, ArtifactServer& server, delta::Duration timeout)
      : route_(route), server_(server), timeout_(timeout) {}

  std::expected<void, delta::StoreError> put(const std::string& path,
                                             const delta::Content& content) override;
  std::expected<std::optional<delta::Content>, delta::StoreError> get(
      const std::string& path) override;

 private:
  CallRoute route_;
  ArtifactServer& server_;
  delta::Duration timeout_;
};

}  // namespace aftershock::sim

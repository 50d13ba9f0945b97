// The Session port on one connection.
#pragma once

#include <memory>

#include "orchestrator/adapters/postgres/link.h"
#include "orchestrator/adapters/postgres/spec_cache.h"

namespace delta::postgres {

class PostgresSession final : public Session {
 public:
  /// `link`: with all statements prepared.
  PostgresSession(std::unique_ptr<Link> link, SpecCache& specs)
      : link_(std::move(link)), specs_(specs) {}

  std::expected<Opened, DbError> open(const OpenRequest& request) override;
  CommitResult commit(WriteSet writes) override;
  void rollback() override;
  std::expected<Found, DbError> find(const FindRequest& request) override;
  std::expected<void, DbError> delete_outbox(const std::vector<std::uint64_t>& serials) override;
  std::expected<std::uint32_t, DbError> purge_operations(PurgeRequest request) override;

 private:
  /// Gives the rows their specifications; those that are not at hand take another round trip.
  std::expected<void, LinkError> specify(Rows& rows);
  /// Ends the transaction that an error has left behind.
  DbError failed(const LinkError& error);
  /// One statement of its own.
  std::expected<pqxx::result, DbError> single(std::string statement);

  std::unique_ptr<Link> link_;
  SpecCache& specs_;
};

}  // namespace delta::postgres

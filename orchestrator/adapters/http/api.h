// The HTTP/JSON API: who may ask, what the request is, and its answer. Decides nothing about runs.
#pragma once

#include <memory>
#include <string>

#include "core/ports/artifact_store.h"
#include "orchestrator/adapters/http/server.h"
#include "orchestrator/adapters/http/tokens.h"
#include "orchestrator/orchestrator.h"
#include "platform/wire/codec.h"
#include "platform/wire/routes.h"

namespace delta::http {

struct ApiParts {
  Orchestrator& orchestrator;
  ArtifactStore& artifacts;
  TokenStore& tokens;
  std::string version;
  std::uint32_t artifact_threads = 4;  ///< artifacts that are fetched at the same time
};

/// Thread: any. Must live until no request is left.
class Api final : public Handler {
 public:
  explicit Api(ApiParts parts);
  ~Api() override;

  std::optional<Reply> refuse(const Head& head) override;
  void handle(Head head, std::string body, Answer answer) override;

 private:
  struct Fetchers;

  void ask(const wire::Match& match, const Head& head, const std::string& body, Answer answer);
  void batch(const std::string& body, Answer answer);
  struct Wanted;
  /// An artifact or the log of a job's attempt.
  void fetch(const wire::Match& match, Answer answer);
  /// Who left it, as the store's paths say.
  struct Holder {
    AttemptRef ref;
    TokenHash lease;
  };
  Reply stored(const Holder& holder, const std::string& name);
  /// From the byte at `offset` on. While there is no other, what the attempt has printed so far.
  Reply log_of(const Holder& holder, std::uint64_t offset);
  void metrics(Answer answer);

  ApiParts parts_;
  std::unique_ptr<Fetchers> fetchers_;
};

}  // namespace delta::http

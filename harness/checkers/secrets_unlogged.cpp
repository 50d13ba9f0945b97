// secrets-unlogged: no secret's value, plain or in base64, appears where somebody reads it: audit
// events, stored replies, error texts, artifacts, the report; nor a lease's token in an error text.
#include <algorithm>

#include "core/base64.h"
#include "harness/checkers/all.h"

namespace aftershock {

using namespace delta;

namespace {

/// Shorter texts appear by chance.
constexpr std::size_t kShortestNeedle = 8;

struct Needle {
  std::string name;
  std::string text;
};

/// The value, and the groups of four digits that any base64 with it inside contains.
void add_needles(const std::string& name, const std::string& value, std::vector<Needle>& needles) {
  if (value.size() < kShortestNeedle) return;
  needles.push_back({"the secret " + name, value});
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string text = base64(std::string(before, '.') + value);
    const std::size_t first = before == 0 ? 0 : 4;
    const std::string inside = text.substr(first, text.size() - 4 - first);
    if (inside.size() >= kShortestNeedle) {
      needles.push_back({"the secret " + name + " in base64", inside});
    }
  }
}

void add_token(const Token& token, std::vector<Needle>& needles) {
  needles.push_back({"a lease's token", to_string(token)});
}

/// The tokens that a request shows.
std::vector<Needle> tokens_of(const Request& request) {
  std::vector<Needle> tokens;
  std::visit(
      [&tokens]<class Body>(const Body& body) {
        if constexpr (requires { body.token; }) add_token(body.token, tokens);
        if constexpr (requires { body.lease; }) add_token(body.lease.token, tokens);
        if constexpr (requires { body.leases; }) {
          for (const Lease& lease : body.leases) add_token(lease.token, tokens);
        }
      },
      request);
  return tokens;
}

class SecretsUnlogged final : public Checker {
 public:
  SecretsUnlogged(Report report, const SecretValues& secrets) : Checker(std::move(report)) {
    for (const auto& [name, value] : secrets) add_needles(name, value, needles_);
  }

  std::string_view name() const override { return "secrets-unlogged"; }

  void on_commit(const CommitView& commit) override {
    for (const AuditEvent& event : commit.writes.audit) {
      if (const auto* submit = std::get_if<Submit>(&event.what.message)) {
        look_at(*submit->spec, event.run);
      } else if (const auto* complete = std::get_if<Complete>(&event.what.message)) {
        for (const Artifact& artifact : complete->artifacts) {
          look(needles_, artifact.name, "an audit event", event.run);
        }
      }
    }
    for (const StoredOperation& operation : commit.writes.operations) {
      look(needles_, operation.reply.detail, "a stored reply", {});
    }
  }

  void on_detail(const Request& request, const std::string& detail) override {
    look(needles_, detail, "the text of an answer", {});
    look(tokens_of(request), detail, "the text of an answer", {});
  }

  void on_final(const FinalRead& read) override {
    for (const auto& [path, object] : read.artifacts) {
      look(needles_, object.content.bytes, "the artifact " + path, {});
    }
  }

  void on_report(const std::string& text) override { look(needles_, text, "the report", {}); }

 private:
  void look_at(const RunSpec& spec, RunId run) {
    look(needles_, spec.name, "an audit event", run);
    for (const JobSpec& job : spec.jobs) {
      look(needles_, job.name, "an audit event", run);
      look(needles_, job.command, "an audit event", run);
    }
  }

  /// The finding names the secret and the place, never the text.
  void look(const std::vector<Needle>& needles, std::string_view text, std::string_view where,
            RunId run) {
    if (needles.empty() || text.empty()) return;
    const auto found = std::ranges::find_if(needles, [text](const Needle& needle) {
      return text.find(needle.text) != std::string_view::npos;
    });
    judge(found == needles.end(),
          [&] { return Finding{{}, found->name + " appears in " + std::string(where), {}, run}; });
  }

  std::vector<Needle> needles_;
};

}  // namespace

std::unique_ptr<Checker> make_secrets_unlogged(Checker::Report report,
                                               const SecretValues& secrets) {
  return std::make_unique<SecretsUnlogged>(std::move(report), secrets);
}

}  // namespace aftershock

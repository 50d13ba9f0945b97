#include "orchestrator/adapters/postgres/link.h"

#include <poll.h>

#include <algorithm>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/pipeline>

#include "core/metric_labels.h"

namespace delta::postgres {

namespace {

/// A call is over after this many of the waits for a lock that its statements may have.
constexpr int kMostWaits = 6;

std::string milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// In quotes, for a list of key=value pairs.
std::string quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

/// Percent-encoded, for a URI.
std::string encoded(std::string_view value) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

/// Adds a parameter unless the user has set it.
std::string with_parameter(std::string url, const std::string& key, const std::string& value) {
  if (url.find(key + "=") != std::string::npos) return url;
  const bool is_uri = url.starts_with("postgres://") || url.starts_with("postgresql://");
  if (!is_uri) return url + " " + key + "=" + quoted(value);
  return url + (url.find('?') == std::string::npos ? "?" : "&") + key + "=" + encoded(value);
}

/// The server has closed its end: whatever is sent now, nobody does it.
bool has_hung_up(int socket) {
  pollfd poll_this{socket, POLLRDHUP, 0};
  return ::poll(&poll_this, 1, 0) > 0;
}

}  // namespace

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

DbError error_of(std::string_view sqlstate, std::string detail) {
  const auto state = std::ranges::find(labels::sqlstates, sqlstate);
  if (state != labels::sqlstates.end()) {
    const auto conflict = static_cast<Conflict>(state - labels::sqlstates.begin());
    return {DbFailure::conflict, std::move(detail), conflict};
  }
  // Constraints, our own predicates, bad data, corrupted data.
  for (const std::string_view kind : {"23", "22", "DL", "XX"}) {
    if (sqlstate.starts_with(kind)) return {DbFailure::rejected, std::move(detail)};
  }
  // Read-only, shutting down, out of resources, schema missing: not the fault of these rows.
  return {DbFailure::unavailable, std::move(detail)};
}

Link::Link(Watchdog& watchdog, const PostgresOptions& options)
    : watchdog_(watchdog),
      timeout_(options.timeout),
      connection_(std::make_unique<pqxx::connection>(full_url(options))) {
  const std::string wait = milliseconds(timeout_);
  // Longer than others wait for its locks: a transaction whose owner is alive is left alone.
  const std::string idle = milliseconds(2 * timeout_);
  const std::vector<std::string> settings{
      "SET lock_timeout = " + wait, "SET idle_in_transaction_session_timeout = " + idle,
      "SET tcp_user_timeout = " + wait, "SET client_connection_check_interval = " + wait,
      "SET search_path = delta", "SET client_min_messages = warning",
      "SET default_transaction_isolation = 'read committed'",
      "SET standard_conforming_strings = on", "SET client_encoding = 'UTF8'",
      // Tables are small at first: a plan that was made then would scan them for ever.
      "SET enable_seqscan = off", "SET plan_cache_mode = force_generic_plan", "SET jit = off"};
  if (const auto set = run(settings); !set) {
    throw pqxx::broken_connection(set.error().error.detail);
  }
}

DbError Link::broken(std::optional<Watchdog::Watch>& watch, const std::string& detail) {
  watch.reset();
  connection_->disconnect();
  return {DbFailure::unavailable, first_line(detail)};
}

Results Link::run(std::span<const std::string> statements) {
  std::optional<Watchdog::Watch> watch;
  // libpqxx would connect again by itself: without transaction, locks and prepared statements.
  if (!is_open() || has_hung_up(connection_->sock())) {
    return std::unexpected(LinkError{broken(watch, "not connected"), true});
  }
  watch.emplace(watchdog_, connection_->sock(), kMostWaits * timeout_);
  pqxx::nontransaction direct(*connection_);
  pqxx::pipeline pipeline(direct);
  // The pipeline's destructor would ask a server that does not answer to cancel what is left, so
  // the connection is dropped before, inside this block.
  try {
    pipeline.retain(static_cast<int>(statements.size()));
    std::vector<pqxx::pipeline::query_id> ids;
    for (const std::string& statement : statements) ids.push_back(pipeline.insert(statement));
    pipeline.complete();
    std::vector<pqxx::result> results;
    for (const auto id : ids) results.push_back(pipeline.retrieve(id));
    return results;
  } catch (const pqxx::statement_completion_unknown& error) {
    return std::unexpected(LinkError{broken(watch, error.what()), false});
  } catch (const pqxx::transaction_rollback& error) {
    // A deadlock or a serialization failure, which libpqxx 6 does not count as SQL errors.
    const bool deadlock = dynamic_cast<const pqxx::deadlock_detected*>(&error) != nullptr;
    return std::unexpected(
        LinkError{error_of(deadlock ? "40P01" : "40001", first_line(error.what())), true});
  } catch (const pqxx::sql_error& error) {
    const std::string state = error.sqlstate();
    // 57P..: the server ends the connection, which may be after it has done what was asked.
    const bool refused = !state.empty() && !state.starts_with("57P") && !state.starts_with("08");
    DbError failed = error_of(state, first_line(error.what()));
    if (failed.kind == DbFailure::unavailable) failed = broken(watch, error.what());
    return std::unexpected(LinkError{std::move(failed), refused});
  } catch (const std::exception& error) {
    return std::unexpected(LinkError{broken(watch, error.what()), false});
  }
}

}  // namespace delta::postgres

namespace delta {

std::string full_url(const PostgresOptions& options) {
  using namespace postgres;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.timeout).count();
  std::string url = with_parameter(options.url, "tcp_user_timeout", milliseconds(options.timeout));
  if (!options.password.empty()) url = with_parameter(std::move(url), "password", options.password);
  // libpq waits at least two seconds.
  return with_parameter(std::move(url), "connect_timeout",
                        std::to_string(std::max<std::int64_t>(seconds, 2)));
}

}  // namespace delta

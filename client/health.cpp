#include "client/health.h"

#include <algorithm>

#include "client/metrics_text.h"
#include "core/columns.h"
#include "platform/wire/json_tree.h"

namespace delta::client {

namespace {

constexpr Duration kAskTimeout = 3s;
constexpr Duration kScrapeInterval = 1s;
constexpr std::string_view kDownSection = "docs/OPERATIONS.md, OrchestratorDown";
constexpr std::string_view kDatabaseSection = "docs/OPERATIONS.md, DatabaseDown";

using wire::Json;

std::optional<Json> json_of(const HttpReply& reply) {
  auto json = wire::parse_json(reply.body);
  if (!json || !std::holds_alternative<Json::Object>(json->value)) return std::nullopt;
  return std::move(*json);
}

const Json* member(const std::optional<Json>& json, std::string_view key) {
  return json ? wire::find(std::get<Json::Object>(json->value), key) : nullptr;
}

std::optional<bool> flag(const std::optional<Json>& json, std::string_view key) {
  const Json* found = member(json, key);
  const bool* value = found == nullptr ? nullptr : std::get_if<bool>(&found->value);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

/// A text, or a list of texts with commas between them.
std::string words(const std::optional<Json>& json, std::string_view key) {
  const Json* found = member(json, key);
  if (found == nullptr) return {};
  if (const auto* text = std::get_if<std::string>(&found->value)) return one_line(*text);
  std::string all;
  if (const auto* list = std::get_if<Json::List>(&found->value)) {
    for (const Json& item : *list) {
      const auto* text = std::get_if<std::string>(&item.value);
      if (text != nullptr) all += (all.empty() ? "" : ",") + one_line(*text);
    }
  }
  return all;
}

std::expected<HttpReply, HttpError> get(HttpClient& http, const std::string& url) {
  return http.call({.url = url, .timeout = kAskTimeout});
}

std::string yes_no(std::optional<bool> flag) { return !flag ? "-" : *flag ? "yes" : "no"; }

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

/// One look at all orchestrators; `troubles` keeps the last reason for each that said nothing.
doctor::Scrape scrape(HttpClient& http, const std::vector<std::string>& urls, Duration at,
                      std::vector<std::string>& troubles) {
  doctor::Scrape result{.at = at, .endpoints = {}};
  for (std::size_t i = 0; i < urls.size(); ++i) {
    auto& endpoint = result.endpoints.emplace_back();
    const auto reply = get(http, urls[i] + "/metrics");
    if (!reply) {
      troubles[i] = "its metrics cannot be read: " + one_line(reply.error().detail);
      continue;
    }
    auto metrics = parse_metrics(reply->body);
    if (metrics) {
      endpoint = std::move(*metrics);
    } else {
      troubles[i] = "its metrics cannot be read: " + metrics.error();
    }
  }
  return result;
}

bool any_failed(const doctor::Diagnosis& diagnosis) {
  return std::ranges::any_of(diagnosis.checks, [](const auto& check) {
    return check.status == doctor::CheckStatus::fail;
  });
}

}  // namespace

Health read_health(const std::string& url, const HttpReply& live, const HttpReply& ready,
                   const HttpReply& version) {
  const auto live_json = json_of(live);
  const auto ready_json = json_of(ready);
  const auto version_json = json_of(version);
  Health health{.url = url};
  if (!flag(live_json, "live") || !flag(ready_json, "ready")) {
    health.trouble = "what answers there is no orchestrator: status " + std::to_string(live.status);
    return health;
  }
  health.live = live.status == 200 && *flag(live_json, "live");
  health.ready = ready.status == 200 && *flag(ready_json, "ready");
  health.draining = flag(ready_json, "draining").value_or(false);
  health.database = flag(ready_json, "database");
  health.queue = flag(ready_json, "queue");
  health.stuck = words(live_json, "stuck");
  health.version = words(version_json, "version");
  health.roles = words(version_json, "roles");
  return health;
}

Health ask_health(HttpClient& http, const std::string& url) {
  const auto live = get(http, url + "/livez");
  if (!live) return {.url = url, .trouble = one_line(live.error().detail)};
  const auto ready = get(http, url + "/readyz");
  if (!ready) return {.url = url, .trouble = one_line(ready.error().detail)};
  const auto version = get(http, url + "/version");
  return read_health(url, *live, *ready, version.value_or(HttpReply{}));
}

std::vector<Finding> findings(const std::vector<Health>& all) {
  std::vector<Finding> found;
  const auto add = [&found](std::string what, std::string action, std::string_view section) {
    found.push_back({std::move(what), std::move(action) + " See " + std::string(section) + "."});
  };
  for (const Health& health : all) {
    if (!health.trouble.empty()) {
      add(health.url + " does not answer: " + health.trouble,
          "Did its process end, does it stand still, or is it cut off? One crash heals itself.",
          kDownSection);
      continue;
    }
    if (!health.live) {
      add(health.url + " is not live: " + or_dash(health.stuck) + " stands still",
          "Keep its log, then restart it; its state is in the database.", kDownSection);
    }
    if (health.draining) {
      add(health.url + " is stopping", "Nothing, if that was meant: the others go on.",
          kDownSection);
    } else if (!health.ready) {
      add(health.url + " is not ready: it does not reach the database",
          "Bring the database back, or the way to it. Do not restart the orchestrator for it.",
          kDatabaseSection);
    }
  }
  std::vector<std::string> versions;
  for (const Health& health : all) {
    if (!health.version.empty()) versions.push_back(health.version);
  }
  std::ranges::sort(versions);
  versions.erase(std::ranges::unique(versions).begin(), versions.end());
  if (versions.size() > 1) {
    add("the orchestrators are of versions " + versions.front() + " to " + versions.back(),
        "Finish the upgrade.", kDownSection);
  }
  return found;
}

std::string status_text(const std::vector<Health>& all, std::size_t width) {
  Table table{{{"URL", "LIVE", "READY", "DATABASE", "QUEUE", "VERSION", "ROLES"}}};
  for (const Health& health : all) {
    if (!health.trouble.empty()) {
      table.rows.push_back({health.url, "no", "no", "-", "-", "-", "-"});
      continue;
    }
    table.rows.push_back({health.url, yes_no(health.live), yes_no(health.ready),
                          yes_no(health.database), yes_no(health.queue), or_dash(health.version),
                          or_dash(health.roles)});
  }
  std::string text;
  for (const std::string& line : table.lines()) text += line + "\n";
  for (const Health& health : all) {
    if (!health.trouble.empty()) text += wrapped("", health.url + ": " + health.trouble, width);
  }
  return text;
}

std::string doctor_text(const std::vector<Finding>& found, const doctor::Diagnosis& diagnosis,
                        std::size_t width) {
  std::string text;
  for (const Finding& finding : found) {
    text += wrapped("FAIL  ", finding.what, width) + wrapped("      -> ", finding.action, width);
  }
  return text + doctor::format_diagnosis(diagnosis, width);
}

ExitCode status_command(HttpClient& http, const std::vector<std::string>& urls,
                        const Consoles& consoles) {
  std::vector<Health> all;
  for (const std::string& url : urls) all.push_back(ask_health(http, url));
  consoles.out.stream << status_text(all, consoles.out.width);
  const auto reached = [](const Health& health) { return health.trouble.empty(); };
  if (std::ranges::none_of(all, reached)) return ExitCode::kUnreachable;
  const auto good = [](const Health& health) { return health.live && health.ready; };
  return std::ranges::all_of(all, good) ? ExitCode::kDone : ExitCode::kFailed;
}

ExitCode doctor_command(HttpClient& http, const std::vector<std::string>& urls, Duration look_for,
                        const Consoles& consoles, const HealthTools& tools) {
  std::vector<Health> all;
  for (const std::string& url : urls) all.push_back(ask_health(http, url));
  const auto reached = [](const Health& health) { return health.trouble.empty(); };
  if (std::ranges::none_of(all, reached)) {
    consoles.out.stream << status_text(all, consoles.out.width);
    consoles.err.stream << "error: no orchestrator answers; see " << kDownSection << "\n";
    return ExitCode::kUnreachable;
  }
  if (consoles.err.terminal && look_for > 0s) {
    consoles.err.stream << "looking for " << format_duration(look_for) << " ...\n" << std::flush;
  }
  doctor::ScrapeHistory history;
  std::vector<std::string> troubles(urls.size());
  const Duration begin = tools.now();
  for (;;) {
    doctor::Scrape next = scrape(http, urls, 0s, troubles);
    next.at =
        std::max<Duration>(tools.now() - begin, history.empty() ? 0ns : history.newest().at + 1ns);
    history.add(std::move(next));
    if (history.newest().at >= look_for) break;
    tools.sleep(std::min(kScrapeInterval, look_for - history.newest().at));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (reached(all[i]) && !history.newest().endpoints[i]) all[i].trouble = troubles[i];
  }
  const std::vector<Finding> found = findings(all);
  const doctor::Diagnosis diagnosis = doctor::diagnose(history);
  consoles.out.stream << doctor_text(found, diagnosis, consoles.out.width);
  return found.empty() && !any_failed(diagnosis) ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace delta::client

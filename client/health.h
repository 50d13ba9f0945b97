// How the system is: `delta status` and `delta doctor`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/exit_code.h"
#include "platform/console.h"
#include "platform/doctor/doctor.h"
#include "platform/http_client.h"

namespace delta::client {

/// What one orchestrator says about itself.
struct Health {
  std::string url = {};
  std::string trouble = {};  ///< why it could not be asked; empty: it was
  bool live = false;
  bool ready = false;
  bool draining = false;
  std::optional<bool> database = {};  ///< none: it does not tell
  std::optional<bool> queue = {};
  std::string stuck = {};  ///< loops that stand still
  std::string version = {};
  std::string roles = {};
};

/// What came back from /livez, /readyz and /version, in words.
Health read_health(const std::string& url, const HttpReply& live, const HttpReply& ready,
                   const HttpReply& version);
/// Asks each of the three once.
Health ask_health(HttpClient& http, const std::string& url);

/// What is wrong with an orchestrator, and what to do; empty when nothing is.
struct Finding {
  std::string what;
  std::string action;
};
std::vector<Finding> findings(const std::vector<Health>& all);

std::string status_text(const std::vector<Health>& all, std::size_t width);
/// Findings about single orchestrators, then the checklist, the symptoms and the diagnosis.
std::string doctor_text(const std::vector<Finding>& found, const doctor::Diagnosis& diagnosis,
                        std::size_t width);

struct HealthTools {
  std::function<Duration()> now;  ///< monotonic
  std::function<void(Duration)> sleep;
};

ExitCode status_command(HttpClient& http, const std::vector<std::string>& urls,
                        const Consoles& consoles);
/// Reads the metrics every second for `look_for`, and at least once.
ExitCode doctor_command(HttpClient& http, const std::vector<std::string>& urls, Duration look_for,
                        const Consoles& consoles, const HealthTools& tools);

}  // namespace delta::client

// Whether a role is ready for whoever depends on it, as somebody finds out who asks from outside:
// pg_isready, redis-cli ping, the health of services, the workers that were seen.
#pragma once

#include <string>

#include "harness/engine/scraper.h"

namespace aftershock {

struct Readiness {
  bool ready = false;
  std::string seen;  ///< "2 of 2 up, 2 answer and reach the database and the queue"
};

class ReadinessProbe {
 public:
  ReadinessProbe(DrillContext& context, const Scraper& scraper)
      : context_(context), scraper_(scraper) {}

  /// Asks anew. Suspends.
  Readiness look(Role role) const;

 private:
  Readiness look_at_services(Role role, Presence presence) const;
  Readiness look_at_runners(Presence presence) const;
  /// Of the orchestrators with or without an API; without an answer there is none.
  std::vector<delta::MetricsSnapshot> ask(Role role) const;

  DrillContext& context_;
  const Scraper& scraper_;
};

}  // namespace aftershock

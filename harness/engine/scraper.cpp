#include "harness/engine/scraper.h"

#include "harness/doctor/doctor.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr delta::Duration kInterval = 5s;
constexpr delta::Duration kTimeout = 2s;

}  // namespace

Scraper::Scraper(DrillContext& context) : context_(context), calls_(context.runtime) {}

void Scraper::start() {
  context_.tasks.spawn("scraper", [this] { scrape_loop(); });
}

void Scraper::scrape_loop() {
  delta::MonoTime next = context_.now();
  first_round_ = context_.since_zero();
  do {
    const bool watched = context_.cluster.presence(Role::kMonitoring).complete();
    if (watched) {
      scrape();
      evaluator_.evaluate(history_);
      note_alerts();
    }
    activity_.add(watched ? &history_.newest() : nullptr, context_.client_transport.counts());
    next += kInterval;
  } while (context_.watch_stop.sleep_until(next));
}

void Scraper::scrape() {
  Scrape scrape;
  scrape.endpoints.resize(context_.cluster.scraped().endpoints());
  for (std::size_t endpoint = 1; endpoint < scrape.endpoints.size(); ++endpoint) {
    calls_.spawn("scrape", [this, endpoint, &scrape] { ask(endpoint, scrape); });
  }
  ask(0, scrape);
  calls_.wait_for_all();
  scrape.at = context_.since_zero();
  last_round_ = scrape.at;
  const Scenario& scenario = context_.scenario;
  const bool kept = !scenario.objectives.thresholds.empty() || !scenario.checklist.empty();
  if (kept) scrapes_.push_back(scrape);
  history_.add(std::move(scrape));
}

void Scraper::ask(std::size_t endpoint, Scrape& scrape) {
  auto answer = context_.cluster.scraped().call(endpoint, delta::MetricsRequest{}, kTimeout);
  if (!answer) return;
  if (auto* reply = std::get_if<delta::MetricsReply>(&answer->body)) {
    scrape.endpoints[endpoint] = std::move(reply->snapshot);
  }
}

ActivityReport Scraper::activity() const {
  return {
      .begin = first_round_.value_or(Duration{}), .step = kInterval, .series = activity_.series()};
}

const AlertReport* Scraper::first_since(std::string_view alert, Duration since) const {
  for (const AlertReport& report : alerts_) {
    if (report.name == alert && report.at >= since) return &report;
  }
  return nullptr;
}

void Scraper::note_alerts() {
  const auto& fired = evaluator_.fired();
  for (std::size_t i = 0; i < alerts_.size(); ++i) {
    if (alerts_[i].resolved == fired[i].resolved) continue;
    alerts_[i].resolved = fired[i].resolved;
    trace(alerts_[i], false);
  }
  if (alerts_.size() == fired.size()) return;
  const Diagnosis diagnosis = diagnose(history_);
  for (std::size_t i = alerts_.size(); i < fired.size(); ++i) {
    alerts_.push_back({std::string(fired[i].rule->name), fired[i].at, fired[i].resolved,
                       std::string(name_of(diagnosis.culprit))});
    trace(alerts_.back(), true);
  }
}

void Scraper::trace(const AlertReport& alert, bool fired) const {
  context_.note([&] {
    return TraceEvent{.kind = TraceKind::alert,
                      .what = fired ? "fire" : "resolve",
                      .subject = alert.name,
                      .text = alert.name + (fired ? " fires; the doctor says " + alert.diagnosis
                                                  : " is resolved")};
  });
}

}  // namespace aftershock

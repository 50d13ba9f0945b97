// What the client reads from health checks and metrics, and what it says about them.
#include "client/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/metrics_text.h"
#include "core/api.h"
#include "tests/unit/scrape_fixture.h"

namespace delta::client {
namespace {

using aftershock::FakeOrchestrators;
using aftershock::healthy_snapshot;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(ClientMetrics, WhatWasPrintedIsRead) {
  Metrics metrics;
  metrics.add({Metric::answers_total, Status::unavailable}, 12);
  metrics.add({Metric::stale_messages_total, 3, 2}, 5);
  metrics.set(Metric::db_clock_offset, Duration(-1'234'500'000));
  metrics.set(Metric::queue_oldest_age, 90s);
  metrics.set(Metric::runners_seen, 3);
  for (const Duration taken : {1ms, 3ms, 3ms, 700ms, 9000ms}) {
    metrics.observe(Metric::transaction_duration, taken);
  }
  metrics.observe(Metric::job_duration, 25h);
  metrics.observe(Metric::background_job_duration, BackgroundJob::sweep, 30ms);
  metrics.observe(Metric::background_job_duration, BackgroundJob::observe, 1ms);
  const MetricsSnapshot written = metrics.snapshot();
  const auto read = parse_metrics(prometheus_text(written));
  ASSERT_TRUE(read) << read.error();
  for (std::size_t i = 0; i < kAllSeries; ++i) EXPECT_EQ(read->at(i), written.at(i)) << i;
}

TEST(ClientMetrics, UnknownOnesArePassedOver) {
  const auto read = parse_metrics(
      "# HELP x y\nprocess_cpu_seconds_total 1.5e3\ndelta_new_total{a=\"b c\"} 4\n"
      "delta_runs_total{state=\"unheard_of\"} 1\ndelta_database_up 0\n");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->value(Metric::database_up), 0);
  EXPECT_EQ(read->value(Metric::queue_up), std::nullopt);
}

TEST(ClientMetrics, OtherTextsAreRefused) {
  EXPECT_EQ(parse_metrics("<html>\n").error(), "line 1 is not a metric");
  EXPECT_EQ(parse_metrics("").error(), "there are no metrics of Delta CI");
  EXPECT_EQ(parse_metrics("delta_queue_depth 1\ndelta_database_up yes\n").error(),
            "line 2 is not a metric");
  for (const char* bad : {"1.", ".5", "1e3", "--1", "1.2.3", "0.1234567891", "99999999999", ""}) {
    const std::string line = std::string("delta_queue_oldest_age_seconds ") + bad + "\n";
    const bool reads_anyway = std::string_view(bad) == "1.";
    EXPECT_EQ(parse_metrics(line).has_value(), reads_anyway) << bad;
  }
}

HttpReply reply(long status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

const HttpReply kLive = reply(200, R"({"live":true})");
const HttpReply kReady =
    reply(200, R"({"ready":true,"database":true,"queue":true,"draining":false})");
const HttpReply kVersion = reply(200, R"({"version":"0.1.0","roles":["api","reap"]})");

TEST(ClientHealth, OneThatIsWell) {
  const Health health = read_health("http://a:1", kLive, kReady, kVersion);
  EXPECT_TRUE(health.trouble.empty() && health.live && health.ready);
  EXPECT_THAT(findings({health}), IsEmpty());
  EXPECT_EQ(status_text({health}, 80),
            "URL         LIVE  READY  DATABASE  QUEUE  VERSION  ROLES\n"
            "http://a:1  yes   yes    yes       yes    0.1.0    api,reap\n");
}

TEST(ClientHealth, EachTroubleIsNamedWithWhatToDo) {
  const Health gone{.url = "http://a:1", .trouble = "connection refused"};
  const Health stuck = read_health("http://b:1", reply(503, R"({"live":false,"stuck":["sweep"]})"),
                                   kReady, kVersion);
  const Health cut_off = read_health(
      "http://c:1", kLive,
      reply(503, R"({"ready":false,"database":false,"queue":true,"draining":false})"), kVersion);
  const Health stopping = read_health(
      "http://d:1", kLive,
      reply(503, R"({"ready":false,"database":true,"queue":true,"draining":true})"), kVersion);
  const Health stranger = read_health("http://e:1", reply(404, "<html>"), reply(404, ""), {});
  const Health newer =
      read_health("http://f:1", kLive, kReady, reply(200, R"({"version":"0.2.0"})"));
  EXPECT_THAT(
      findings({gone, stuck, cut_off, stopping, stranger, newer}),
      ElementsAre(
          Field(&Finding::what, "http://a:1 does not answer: connection refused"),
          Field(&Finding::what, "http://b:1 is not live: sweep stands still"),
          Field(&Finding::what, "http://c:1 is not ready: it does not reach the database"),
          Field(&Finding::what, "http://d:1 is stopping"),
          Field(&Finding::what, HasSubstr("what answers there is no orchestrator: status 404")),
          Field(&Finding::what, "the orchestrators are of versions 0.1.0 to 0.2.0")));
  EXPECT_THAT(findings({cut_off})[0].action,
              HasSubstr("Do not restart the orchestrator for it. See docs/OPERATIONS.md"));
}

class ClientDoctor : public testing::Test {
 protected:
  /// What the doctor says after metrics that went over the wire, ten seconds of them.
  std::string said() {
    doctor::ScrapeHistory history;
    for (int i = 0; i < 3; ++i) {
      doctor::Scrape scrape = orchestrators_.scrape();
      for (auto& endpoint : scrape.endpoints) {
        if (endpoint) endpoint = parse_metrics(prometheus_text(*endpoint)).value();
      }
      history.add(std::move(scrape));
    }
    return doctor_text({}, doctor::diagnose(history), 80);
  }

  FakeOrchestrators orchestrators_{2};
};

TEST_F(ClientDoctor, NothingIsWrong) {
  EXPECT_EQ(said(),
            R"(ok    database             reached; no transactions; its clock moved by 0.000s
ok    queue                reached; depth 0, oldest 0.000s; oldest unpublished
                           0.000s
ok    background loops     0 of 0 rounds failed; schedules late by 0.000s
ok    orchestrator errors  2 of 2 orchestrators answer; 0 of 0 requests could
                           not be served
ok    runners              20 seen, 20 before; 0 of 80 slots busy
ok    lease expiry         0 of 0 leases granted meanwhile expired; 0 stale
                           messages
ok    artifact uploads     0 tries failed; 0 of 0 artifacts missing
ok    secrets              0 tries to fetch a secret failed
diagnosis: none. Nothing is failing.
)");
}

TEST_F(ClientDoctor, TheDependencyThatFailsIsCitedWithItsSection) {
  orchestrators_.set(Metric::queue_up, 0);
  const std::string text = said();
  EXPECT_THAT(text, HasSubstr("FAIL  queue                not reached;"));
  EXPECT_THAT(text, HasSubstr("      -> Verify the queue's health, check backlog and job age"));
  EXPECT_THAT(text, HasSubstr("         see docs/OPERATIONS.md, QueueDown\n"));
  EXPECT_THAT(text, HasSubstr("diagnosis: queue. The queue is not reached.\n"));
}

TEST_F(ClientDoctor, FindingsComeFirst) {
  doctor::ScrapeHistory history;
  history.add(orchestrators_.scrape());
  const auto found = findings({Health{.url = "http://a:1", .trouble = "timed out"}});
  EXPECT_THAT(
      doctor_text(found, doctor::diagnose(history), 80),
      StartsWith(
          "FAIL  http://a:1 does not answer: timed out\n"
          "      -> Did its process end, does it stand still, or is it cut off? One crash\n"));
}

/// Every section that is cited is one of the runbook.
TEST_F(ClientDoctor, SectionsExist) {
  orchestrators_.set(Metric::queue_up, 0);
  orchestrators_.set(Metric::database_up, 0);
  orchestrators_.set(Metric::runners_seen, 0);
  doctor::ScrapeHistory history;
  history.add(orchestrators_.scrape());
  orchestrators_.add({Metric::answers_total, Status::unavailable}, 9);
  orchestrators_.add({Metric::background_job_runs_total, BackgroundJob::sweep, JobResult::failed},
                     9);
  orchestrators_.add(Metric::lease_expirations_total, 9);
  orchestrators_.add(Metric::artifact_upload_failures_total, 9);
  orchestrators_.add(Metric::secret_fetch_failures_total, 9);
  history.add(orchestrators_.scrape());
  std::vector<std::string> sections;
  for (const auto& check : doctor::diagnose(history).checks) sections.emplace_back(check.section);
  EXPECT_THAT(sections, ElementsAre("DatabaseDown", "QueueDown", "BackgroundJobsFailing",
                                    "OrchestratorErrors", "RunnerLoss", "LeaseExpirySpike",
                                    "ArtifactUploadFailures", "SecretsUnavailable"));
}

}  // namespace
}  // namespace delta::client

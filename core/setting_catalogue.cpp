#include "core/setting_catalogue.h"

#include <array>

namespace delta {

namespace {

using S = Settings;

constexpr std::array kSettings = std::to_array<SettingInfo>({
    {"lease_ttl", "A started lease lives this long after its last renewal.", &S::lease_ttl},
    {"heartbeat_interval", "A runner renews its leases this often.", &S::heartbeat_interval},
    {"ack_window", "A granted lease must be started within this time.", &S::ack_window},
    {"fence_margin", "A runner stops work this long before its lease may end.", &S::fence_margin},
    {"cancel_deadline", "After it a cancellation is forced.", &S::cancel_deadline},
    {"sweep_interval", "How often the reaper looks for ended leases.", &S::sweep_interval},
    {"sweep_batch", "Most leases that one sweep ends.", nullptr, &S::sweep_batch, nullptr,
     1'000'000},
    {"reconcile_interval", "How often what is queued and not leased is emitted again.",
     &S::reconcile_interval},
    {"reconcile_after", "How long a queued attempt may wait before that.", &S::reconcile_after},
    {"outbox_interval", "How often outbox rows that nobody published are looked for.",
     &S::outbox_interval},
    {"queue_visibility", "An entry taken but not acknowledged is taken over after this.",
     &S::queue_visibility},
    {"schedule_interval", "How often schedules that are due are looked for, once there are any.",
     &S::schedule_interval},
    {"misfire_after", "A schedule's fire that is later than this was missed.", &S::misfire_after},
    {"dispatch_fallback", "Ask the database for work while the queue is down.", nullptr, nullptr,
     &S::dispatch_fallback},
    {"metrics_interval", "How often the gauges of load are read.", &S::metrics_interval},
    {"retry_backoff", "Before the first retry of a job; doubles, jittered.", &S::retry_backoff},
    {"retry_backoff_max", "Upper bound of retry_backoff's doubling.", &S::retry_backoff_max},
    {"request_timeout", "Client and runner: one call.", &S::request_timeout},
    {"long_poll", "An acquire with nothing to do is answered after this.", &S::long_poll},
    {"operation_ttl", "How long a stored reply can be asked for again.", &S::operation_ttl},
    {"purge_interval", "How often stored replies older than operation_ttl are deleted.",
     &S::purge_interval},
    {"upload_deadline", "What a runner could not upload by then it marks as missing.",
     &S::upload_deadline},
    {"log_interval", "What a running job prints is stored at most this often.", &S::log_interval},
    {"checkpoint_interval", "A job of several steps offers no two checkpoints closer than this.",
     &S::checkpoint_interval},
    {"secrets_deadline", "A try of a job that could not get its secrets by then fails.",
     &S::secrets_deadline},
    {"batch_size", "Most messages in one transaction (group commit).", nullptr, &S::batch_size,
     nullptr, 1'000},
    {"committers", "Transactions that one orchestrator runs side by side.", nullptr, &S::committers,
     nullptr, 64},
    {"database_timeout", "Lock timeout, and TCP timeout of the database's connections.",
     &S::database_timeout},
});

}  // namespace

std::span<const SettingInfo> setting_catalogue() { return kSettings; }

}  // namespace delta

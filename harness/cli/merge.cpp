// `aftershock merge`.
#include <algorithm>
#include <map>
#include <memory>

#include "harness/cli/sweep.h"
#include "harness/cli/sweep_folder.h"
#include "harness/sweep/journal.h"
#include "harness/sweep/summary.h"
#include "harness/sweep/sweep.h"
#include "reports/text.h"

namespace aftershock::cli {

using namespace sweep;

namespace {

/// The journals that were read so far, as one.
struct Merged {
  std::unique_ptr<JournalHead> head;  ///< of the whole: shard 1/1; the tally keeps hold of its plan
  std::unique_ptr<Tally> tally;
  std::map<std::uint32_t, std::string> folders;  ///< by shard
  std::vector<Ended> ended;                      ///< how each journal ended; the killed are missing
  std::uint32_t shards = 1;
};

std::string shard_name(std::uint32_t index, std::uint32_t of) {
  return std::to_string(index) + "/" + std::to_string(of);
}

std::optional<std::string> begin(const JournalHead& found, const std::string& folder,
                                 Merged& merged) {
  const Shard shard = found.plan.shard;
  if (merged.head == nullptr) {
    merged.shards = shard.of;
    merged.head = std::make_unique<JournalHead>(found);
    merged.head->plan.shard = {};
    merged.tally = std::make_unique<Tally>(merged.head->plan);
  }
  JournalHead wanted = *merged.head;
  wanted.plan.shard = {1, merged.shards};
  if (auto wrong = difference(found, wanted, true)) return wrong;
  if (merged.folders.emplace(shard.index, folder).second) return std::nullopt;
  return "shard " + shard_name(shard.index, shard.of) + " is in '" +
         one_line(merged.folders.at(shard.index)) + "', too";
}

std::expected<void, std::string> add(const std::string& folder, Merged& merged) {
  JournalHead own;
  std::unique_ptr<SweepState> state;  // knows what belongs into this journal
  std::optional<Ended> ended;
  Ended total{.jobs = 0};
  const JournalReader reader{[&](const JournalHead& found) {
                               own = found;
                               state = std::make_unique<SweepState>(own.plan);
                               return begin(found, folder, merged);
                             },
                             [&](const Entry& entry) {
                               if (const auto* end = std::get_if<Ended>(&entry)) {
                                 total = {end->how, end->host, end->jobs, total.wall + end->wall};
                                 ended = total;
                                 return std::optional<std::string>();
                               }
                               ended.reset();  // it went on, and has not said how that ended
                               if (auto wrong = state->add(entry)) return wrong;
                               if (const auto* result = std::get_if<DrillResult>(&entry))
                                 merged.tally->add(*result);
                               if (const auto* recheck = std::get_if<Recheck>(&entry))
                                 merged.tally->add(*recheck);
                               return std::optional<std::string>();
                             }};
  if (const auto read = read_journal(folder, reader); !read) return std::unexpected(read.error());
  if (ended) merged.ended.push_back(*ended);
  return {};
}

std::string how_it_ended(const Merged& merged) {
  if (merged.ended.size() < merged.shards) return "killed";
  const auto worst = std::ranges::max_element(merged.ended, {}, &Ended::how);
  return std::string(name_of(worst->how));
}

void name_missing(const Merged& merged, Console err) {
  for (std::uint32_t index = 1; index <= merged.shards; ++index) {
    if (merged.folders.contains(index)) continue;
    err.stream << "shard " << shard_name(index, merged.shards) << " is missing\n";
  }
}

}  // namespace

ExitCode merge_command(const MergeOptions& options, const Consoles& consoles, std::string& doing) {
  doing = "merging the journals";
  const SweepDelivery delivery{options.out, options.summary, options.json, options.quiet};
  const auto refuse = [&consoles](const std::string& error) {
    consoles.err.stream << "error: " << error << "\nNothing was merged.\n";
    return ExitCode::kUsage;
  };
  Merged merged;
  for (const std::string& folder : options.folders) {
    if (const auto added = add(folder, merged); !added) return refuse(added.error());
  }
  if (const auto ready = prepare_delivery(delivery); !ready) return refuse(ready.error());
  name_missing(merged, consoles.err);
  SweepReport report = summarize(*merged.head, *merged.tally, how_it_ended(merged), merged.ended);
  report.machine.shards.clear();
  for (const auto& [index, folder] : merged.folders) {
    report.machine.shards.push_back(shard_name(index, merged.shards));
  }
  const bool delivered = deliver_sweep(report, delivery, consoles);
  return delivered ? code_of(report) : worse(code_of(report), ExitCode::kAborted);
}

}  // namespace aftershock::cli

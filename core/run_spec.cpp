#include "core/run_spec.h"

#include <algorithm>
#include <set>

namespace delta {

namespace {

// The derived lists of a long chain grow with its square; locking a job locks what follows it.
constexpr std::size_t kMaxJobs = 1'000;
constexpr int kMostTries = 1'000;
constexpr std::size_t kMostSteps = 1'000;

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_part);
}

std::string check_secrets(const JobSpec& job) {
  std::set<std::string_view> seen;
  for (const std::string& secret : job.secrets) {
    // The name itself is not shown: a client may have put the value here by mistake.
    if (!is_variable_name(secret)) return "names a secret that cannot be an environment variable";
    if (!seen.insert(secret).second) return "names the secret '" + secret + "' twice";
  }
  return {};
}

std::string check_steps(const JobSpec& job) {
  if (job.steps.empty()) return {};
  if (!job.command.empty()) return "has both a command and steps";
  if (job.steps.size() > kMostSteps) return "has more than 1000 steps";
  std::set<std::string_view> seen;
  for (const JobStep& step : job.steps) {
    if (step.name.empty() || step.command.empty()) return "has a step without a name or a command";
    if (!seen.insert(step.name).second) return "has two steps '" + step.name + "'";
  }
  return {};
}

std::string check_job(const RunSpec& spec, std::size_t index) {
  const JobSpec& job = spec.jobs[index];
  const std::string name = "job " + std::to_string(index) + " '" + job.name + "' ";
  std::set<std::uint32_t> seen;
  for (const std::uint32_t need : job.needs) {
    if (need >= spec.jobs.size()) return name + "needs job " + std::to_string(need) + ": no such";
    if (!seen.insert(need).second) return name + "names a needed job twice";
  }
  if (const std::string problem = check_secrets(job); !problem.empty()) return name + problem;
  if (const std::string problem = check_steps(job); !problem.empty()) return name + problem;
  if (job.retry.max_attempts == 0) return name + "must be allowed at least one attempt";
  if (job.retry.max_attempts + job.retry.max_losses > kMostTries) {
    return name + "may be tried at most 1000 times: max_attempts + max_losses";
  }
  if (job.timeout < 0s || job.queue_timeout < 0s) return name + "has a negative timeout";
  return {};
}

/// The jobs in an order in which needs come first (Kahn); shorter than the DAG if it has a cycle.
std::vector<std::uint32_t> topological_order(const RunSpec& spec) {
  std::vector<std::size_t> unmet(spec.jobs.size());
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < spec.jobs.size(); ++i) {
    unmet[i] = spec.jobs[i].needs.size();
    if (unmet[i] == 0) order.push_back(i);
  }
  for (std::size_t next = 0; next < order.size(); ++next) {
    for (const std::uint32_t dependent : spec.jobs[order[next]].dependents) {
      if (--unmet[dependent] == 0) order.push_back(dependent);
    }
  }
  return order;
}

std::string describe_cycle(const RunSpec& spec, const std::vector<std::uint32_t>& order) {
  std::uint32_t stuck = 0;
  while (std::ranges::find(order, stuck) != order.end()) ++stuck;
  return "the jobs' needs form a cycle: job " + std::to_string(stuck) + " '" +
         spec.jobs[stuck].name + "' could never start";
}

void fill_descendants(RunSpec& spec, const std::vector<std::uint32_t>& order) {
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    std::set<std::uint32_t> all;
    for (const std::uint32_t dependent : spec.jobs[*at].dependents) {
      all.insert(dependent);
      all.insert(spec.jobs[dependent].descendants.begin(), spec.jobs[dependent].descendants.end());
    }
    spec.jobs[*at].descendants.assign(all.begin(), all.end());
  }
}

}  // namespace

std::expected<SharedSpec, std::string> prepare(RunSpec spec) {
  if (spec.jobs.empty()) return std::unexpected("a run needs at least one job");
  if (spec.jobs.size() > kMaxJobs) return std::unexpected("a run has at most 1000 jobs");
  if (spec.timeout < 0s) return std::unexpected("the run's timeout is negative");
  for (JobSpec& job : spec.jobs) {
    job.dependents.clear();
    job.descendants.clear();
  }
  for (std::uint32_t i = 0; i < spec.jobs.size(); ++i) {
    if (std::string problem = check_job(spec, i); !problem.empty()) {
      return std::unexpected(std::move(problem));
    }
    for (const std::uint32_t need : spec.jobs[i].needs) spec.jobs[need].dependents.push_back(i);
  }
  const std::vector<std::uint32_t> order = topological_order(spec);
  if (order.size() != spec.jobs.size()) return std::unexpected(describe_cycle(spec, order));
  fill_descendants(spec, order);
  return std::make_shared<const RunSpec>(std::move(spec));
}

}  // namespace delta

// A run's specification as people write it: jobs are needed by name, and what is as usual is left
// out.
#pragma once

#include <functional>
#include <map>

#include "core/run_spec.h"
#include "platform/wire/forms.h"

namespace delta::wire {

inline constexpr std::size_t kLongestName = 200;
inline constexpr std::size_t kLongestCommand = 64 * 1024;
inline constexpr std::size_t kMostJobs = 1'000;

/// The names of a list's jobs before the jobs themselves are read: a job may need a later one.
class JobNames {
 public:
  explicit JobNames(const Json::List& jobs);

  /// The first job with this name.
  std::optional<std::uint32_t> find(std::string_view name) const;
  std::vector<std::string_view> all() const;

 private:
  std::map<std::string_view, std::uint32_t> index_;
};

/// Needed jobs: their indices here, their names in the text. `jobs` is what tells one from the
/// other: a RunSpec to a writer, JobNames to a reader.
template <class Indices, class Jobs>
struct Needs {
  Indices& indices;
  const Jobs& jobs;

  void write(JsonWriter& writer) const {
    writer.begin_list();
    for (const std::uint32_t need : indices) writer.element(jobs.jobs[need].name);
    writer.end_list();
  }
  void read(const JsonReader& reader) const {
    const Json::List& names = reader.list();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const JsonReader entry(names[i], reader, i);
      const std::optional<std::uint32_t> found = jobs.find(entry.text());
      if (!found) entry.fail(unknown_job(entry.text(), jobs.all()));
      indices.push_back(*found);
    }
  }

 private:
  static std::string unknown_job(std::string_view name, const std::vector<std::string_view>& all) {
    const std::optional<std::string> hint = did_you_mean(name, all);
    return "there is no job " + quote(name) + (hint ? "; " + *hint : "");
  }
};
template <class Indices, class Jobs>
Needs(Indices&, const Jobs&) -> Needs<Indices, Jobs>;

/// The classes of failures after which a job is tried again.
template <Is<RetryPolicy> Policy>
struct RetryOn {
  Policy& policy;

  // What can be retried, with the policy's flag for it; the order is that of a written list.
  static constexpr std::array<std::string_view, 3> kNames{"infrastructure", "user", "timeout"};
  static constexpr std::array kFlags{&RetryPolicy::retry_infrastructure, &RetryPolicy::retry_user,
                                     &RetryPolicy::retry_timeout};

  bool is_usual() const {
    return std::ranges::all_of(kFlags, [&](auto f) { return policy.*f == RetryPolicy{}.*f; });
  }
  void write(JsonWriter& writer) const {
    writer.begin_list();
    for (std::size_t i = 0; i < kFlags.size(); ++i) {
      if (policy.*kFlags[i]) writer.element(kNames[i]);
    }
    writer.end_list();
  }
  void read(const JsonReader& reader) const {
    for (const auto flag : kFlags) policy.*flag = false;
    const Json::List& names = reader.list();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const JsonReader entry(names[i], reader, i);
      bool& wanted = policy.*kFlags.at(entry.one_of({kNames.begin(), kNames.end()}));
      if (wanted) entry.fail(quote(entry.text()) + " is there twice");
      wanted = true;
    }
  }
};
template <class Policy>
RetryOn(Policy&) -> RetryOn<Policy>;

template <class Archive>
void describe(Archive& archive, Is<RetryPolicy> auto& policy) {
  const RetryPolicy usual;
  archive.field_or("max_attempts", policy.max_attempts, usual.max_attempts);
  archive.field_or("max_losses", policy.max_losses, usual.max_losses);
  const RetryOn on{policy};
  archive.field_if(!on.is_usual(), "on", on);
}

/// A job or a step: something that has a name and a command.
template <class Archive>
void describe_name(Archive& archive, auto& named) {
  archive.field("name", named.name);
  archive.require(!named.name.empty(), "name", "must not be empty");
  archive.require(named.name.size() <= kLongestName, "name", "must have at most 200 bytes");
}
template <class Archive>
void describe_command(Archive& archive, auto& commanded) {
  archive.field("command", commanded.command);
  archive.require(!commanded.command.empty(), "command", "must not be empty");
  archive.require(commanded.command.size() <= kLongestCommand, "command",
                  "must have at most 64 KiB");
}
template <class Archive>
void describe(Archive& archive, Is<JobStep> auto& step) {
  describe_name(archive, step);
  describe_command(archive, step);
}

template <class Archive>
void describe_job(Archive& archive, Is<JobSpec> auto& job, const auto& jobs) {
  describe_name(archive, job);
  archive.field_if(!job.steps.empty(), "steps", job.steps);
  if (job.steps.empty()) describe_command(archive, job);
  archive.field_if(!job.needs.empty(), "needs", Needs{job.needs, jobs});
  archive.field_if(!job.secrets.empty(), "secrets", job.secrets);
  archive.field_or("required", job.required, true);
  archive.field_or("retry", job.retry, RetryPolicy{});
  archive.field_or("timeout", job.timeout, 0s);
  archive.field_or("queue_timeout", job.queue_timeout, 0s);
}

template <Is<RunSpec> Spec>
struct Jobs {
  Spec& spec;

  void write(JsonWriter& writer) const {
    writer.begin_list();
    for (const JobSpec& job : spec.jobs) {
      writer.object_element([&](JsonWriter& self) { describe_job(self, job, spec); });
    }
    writer.end_list();
  }
  void read(const JsonReader& reader) const {
    const Json::List& list = reader.list();
    if (list.empty()) reader.fail("there must be at least one job");
    if (list.size() > kMostJobs) reader.fail("there must be at most 1000 jobs");
    const JobNames names(list);
    spec.jobs.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      JobSpec& job = spec.jobs[i];
      JsonReader entry(list[i], reader, i);
      entry.object([&](JsonReader& self) { describe_job(self, job, names); });
      const std::uint32_t first = names.find(job.name).value_or(0);
      if (first != i) {
        entry.fail_at("name",
                      quote(job.name) + " is also the name of jobs[" + std::to_string(first) + "]");
      }
    }
  }
};
template <class Spec>
Jobs(Spec&) -> Jobs<Spec>;

template <class Archive>
void describe(Archive& archive, Is<RunSpec> auto& spec) {
  archive.field_or("name", spec.name, {});
  archive.require(spec.name.size() <= kLongestName, "name", "must have at most 200 bytes");
  archive.field_or("timeout", spec.timeout, 0s);
  archive.field("jobs", Jobs{spec});
}

}  // namespace delta::wire

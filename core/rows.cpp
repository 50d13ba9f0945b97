#include "core/rows.h"

#include <tuple>
#include <utility>

namespace delta {

namespace {

auto key(const Run& row) { return row.id; }
auto key(const Job& row) { return std::pair(row.run, row.index); }
auto key(const Attempt& row) { return row.id; }
auto key(const Schedule& row) { return row.id; }

template <class Row, class Key>
auto position(Row& rows, const Key& wanted) {
  return std::lower_bound(rows.begin(), rows.end(), wanted,
                          [](const auto& row, const Key& k) { return key(row) < k; });
}

template <class Row, class Key>
const Row* look_up(const std::vector<Row>& rows, const Key& wanted) {
  const auto at = position(rows, wanted);
  return at != rows.end() && key(*at) == wanted ? &*at : nullptr;
}

template <class Row>
void upsert(std::vector<Row>& rows, Row row) {
  const auto at = position(rows, key(row));
  if (at != rows.end() && key(*at) == key(row)) {
    *at = std::move(row);
  } else {
    rows.insert(at, std::move(row));
  }
}

}  // namespace

const Run* Rows::run(RunId id) const { return look_up(runs, id); }
const Job* Rows::job(RunId run, std::uint32_t index) const {
  return look_up(jobs, std::pair(run, index));
}
const Attempt* Rows::attempt(AttemptId id) const { return look_up(attempts, id); }
const Schedule* Rows::schedule(ScheduleId id) const { return look_up(schedules, id); }

void Rows::put(Run row) { upsert(runs, std::move(row)); }
void Rows::put(Job row) { upsert(jobs, std::move(row)); }
void Rows::put(Attempt row) { upsert(attempts, std::move(row)); }
void Rows::put(Schedule row) { upsert(schedules, std::move(row)); }

LeaseState lease_state(const Attempt& attempt) {
  switch (attempt.lease_end) {
    case LeaseEnd::completed: return LeaseState::completed;
    case LeaseEnd::cancelled: return LeaseState::cancelled;
    case LeaseEnd::expired: return LeaseState::expired;
    case LeaseEnd::revoked: return LeaseState::revoked;
    case LeaseEnd::open: break;
  }
  if (attempt.state == AttemptState::leased) return LeaseState::granted;
  return is_live(attempt.state) ? LeaseState::active : LeaseState::none;
}

}  // namespace delta

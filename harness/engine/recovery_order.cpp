#include "harness/engine/recovery_order.h"

#include <algorithm>

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr Duration kLook = 1s;

}  // namespace

RecoveryOrder::RecoveryOrder(DrillContext& context, const ReadinessProbe& probe)
    : context_(context), probe_(probe) {
  for (const OrderedRole& each : context.scenario.recovery_order) {
    OrderReport report;
    report.role = name_of(each.role);
    report.within = each.within;
    reports_.push_back(std::move(report));
  }
}

void RecoveryOrder::start() {
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    context_.tasks.spawn("recovery-order", [this, i] { watch(i); });
  }
}

void RecoveryOrder::watch(std::size_t index) {
  while (context_.since_zero() <= context_.scenario.observation) {
    look(index);
    if (!context_.watch_stop.sleep_until(context_.now() + kLook)) return;
  }
}

void RecoveryOrder::look(std::size_t index) {
  OrderReport& report = reports_[index];
  const Readiness found = probe_.look(context_.scenario.recovery_order[index].role);
  const bool was_ready = report.ready || !report.lost;
  report.seen = found.seen;
  if (found.ready == was_ready) return;
  if (found.ready) {
    report.ready = context_.since_zero();
  } else {
    report.ready.reset();
    if (!report.lost) report.lost = context_.since_zero();
  }
}

void RecoveryOrder::on_start(Role role) {
  const std::vector<OrderedRole>& order = context_.scenario.recovery_order;
  const auto listed = std::ranges::find(order, role, &OrderedRole::role);
  if (listed == order.end()) return;
  OrderReport& report = reports_[static_cast<std::size_t>(listed - order.begin())];
  if (!report.began) report.began = context_.since_zero();
  for (auto above = order.begin(); above != listed; ++above) {
    if (!probe_.look(above->role).ready) report.not_ready.emplace_back(name_of(above->role));
  }
}

std::vector<OrderReport> RecoveryOrder::reports() const {
  std::vector<OrderReport> reports = reports_;
  for (OrderReport& report : reports) {
    const bool is_ready = report.ready || !report.lost;
    const bool in_time = !report.within || !report.began || !report.ready ||
                         *report.ready - *report.began <= *report.within;
    report.met = is_ready && in_time && report.not_ready.empty();
  }
  return reports;
}

}  // namespace aftershock

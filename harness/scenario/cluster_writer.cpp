#include "harness/scenario/cluster_writer.h"

namespace aftershock {
namespace {

YamlItem restart(MapWriter map, const RestartSpec& spec) {
  return map.number("policy", spec.policy).number("delay", spec.delay).take();
}

YamlItem processes(MapWriter map, const ProcessGroup& group, bool with_slots) {
  map.number("count", group.count);
  if (with_slots) map.number("slots", group.slots);
  return map.add(restart(map.map("restart"), group.restart)).take();
}

/// There even where all of it is the default.
YamlItem monitoring(MapWriter map, const RestartSpec& spec) {
  const Field& field = map.map("restart").member("policy");
  YamlItem item = map.add(restart(map.map("restart"), spec)).take();
  if (item.children.empty()) {
    const YamlItem policy = plain(field.key, write_scalar(field, std::int64_t(spec.policy)));
    item.children.push_back({"restart", YamlItem::Kind::kMap, {}, {policy}});
  }
  return item;
}

MapWriter link(MapWriter map, const LinkSpec& spec) {
  map.add(range(map.map("latency"), spec.latency)).number("loss", spec.loss_ppm);
  return map;
}

YamlItem region(MapWriter map, const RegionSpec& spec) {
  return map.text("name", spec.name)
      .number("orchestrators", spec.orchestrators)
      .number("runners", spec.runners)
      .number("standbys", spec.standbys)
      .number("spares", spec.spares)
      .number("active", std::int64_t{spec.active})
      .take();
}

}  // namespace

YamlItem write_cluster(MapWriter map, const ClusterSpec& spec) {
  map.add(processes(map.map("orchestrators"), spec.orchestrators, false));
  if (spec.schedulers) map.add(processes(map.map("schedulers"), *spec.schedulers, false));
  map.add(processes(map.map("runners"), spec.runners, true));
  if (spec.monitoring) map.add(monitoring(map.map("monitoring"), *spec.monitoring));
  map.add(map.map("database")
              .number("standbys", spec.database.standbys)
              .number("spares", spec.database.spares)
              .number("synchronous", spec.database.synchronous)
              .number("confirmations", spec.database.confirmations)
              .number("delay", spec.database.delay)
              .number("slot_limit", static_cast<std::int64_t>(spec.database.slot_limit >> 20U))
              .number("backup_interval", spec.database.backup_interval)
              .number("full_backup_every", spec.database.full_backup_every)
              .number("address_ttl", spec.database.address_ttl)
              .take());
  map.add(map.map("queue")
              .number("persistence", spec.queue.persistence)
              .number("snapshot_interval", spec.queue.snapshot_interval)
              .number("fsync", spec.queue.fsync)
              .number("backup_interval", spec.queue.backup_interval)
              .number("replicas", spec.queue.replicas)
              .number("delay", spec.queue.delay)
              .number("address_ttl", spec.queue.address_ttl)
              .take());
  MapWriter network = link(map.map("network"), spec.network.anywhere);
  network.add(link(network.map("between_regions"), spec.network.border).take());
  map.add(network.take());
  map.add(list_of("regions", spec.regions, [&map](const RegionSpec& each, std::size_t) {
    return region(map.map("regions"), each);
  }));
  return map.number("api_ttl", spec.api_ttl).take();
}

}  // namespace aftershock

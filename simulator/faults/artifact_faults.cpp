// artifacts.outage, .error, .slow, .permission, .retention, .corrupt, .partial_upload
#include "simulator/faults/counted_fault.h"

namespace aftershock::sim {

namespace {

std::unique_ptr<Fault> make_retention(ArtifactServer& store, delta::Duration age) {
  return counted(
      [&store, age](bool on) { on ? store.add_retention(age) : store.remove_retention(age); },
      [&store] { return store.counters().expired; }, {"object", "deleted for age"});
}

std::unique_ptr<Fault> make_partial_upload(ArtifactServer& store, const FaultRequest& request) {
  const bool leaves_parts = request.parameters.flag("visible");
  return counted(
      [&store, request, leaves_parts](bool on) {
        store.add_partial_uploads(signed_ppm(request, on));
        if (leaves_parts) store.set_leaves_parts(on);
      },
      [&store] { return store.counters().cut; }, {"upload", "cut off"});
}

}  // namespace

std::unique_ptr<Fault> make_artifact_fault(World& world, const FaultRequest& request) {
  if (!request.kind.starts_with("artifacts.")) return nullptr;
  ArtifactServer& store = world.artifacts;
  if (request.kind == "artifacts.permission") {
    return counted([&store](bool on) { store.set_read_only(on); },
                   [&store] { return store.counters().denied; }, {"upload", "not permitted"});
  }
  if (request.kind == "artifacts.retention") {
    return make_retention(store, request.parameters.duration("age"));
  }
  if (request.kind == "artifacts.corrupt") {
    return counted([&store, request](bool on) { store.add_damage(signed_ppm(request, on)); },
                   [&store] { return store.counters().served_damaged; },
                   {"read", "of damaged artifacts"});
  }
  if (request.kind == "artifacts.partial_upload") return make_partial_upload(store, request);
  return make_server_fault(store, request);
}

}  // namespace aftershock::sim

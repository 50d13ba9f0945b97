// The restore of a simulated database on another server than the one that was lost.
#include <algorithm>
#include <utility>

#include "core/check.h"
#include "simulator/world/database_cluster.h"

namespace aftershock::sim {

using namespace delta;

void DatabaseCluster::restore_on(std::size_t spare, Done<Outcome> done) {
  CHECK(primary().archive() != nullptr);
  if (promoting_) return done(std::unexpected("another promotion is under way"));
  if (spare == primary_) return done(std::unexpected("it is the primary"));
  fence(primary_);
  const Archive& archive = *primary().archive();
  const BackupChoice choice = archive.choose(now());
  if (choice.backup == nullptr) return done(std::unexpected("there is no good base backup"));
  Image image = choice.backup->image;
  redo_all(image, archive.records_after(image.lsn), now());
  const Duration time =
      time_of_restore(database_, choice.bytes, image.lsn.bytes - choice.backup->image.lsn.bytes);
  promoting_ = true;
  kernel_.at(kernel_.now() + time,
             [this, spare, image = std::move(image), done = std::move(done)]() mutable {
               end_restore(spare, std::move(image), done);
             });
}

void DatabaseCluster::end_restore(std::size_t spare, Image image, const Done<Outcome>& done) {
  promoting_ = false;
  if (!servers_[spare]->power().on()) return done(std::unexpected("the spare has no power"));
  replicas_[spare]->begin_from(std::move(image));
  done(finish_promotion(spare, false));
}

}  // namespace aftershock::sim

// The cluster of a scenario as YAML.
#pragma once

#include "harness/scenario/cluster_spec.h"
#include "harness/scenario/map_writer.h"

namespace aftershock {

YamlItem write_cluster(MapWriter map, const ClusterSpec& spec);

}  // namespace aftershock

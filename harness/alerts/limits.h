// Where trouble begins: the doctor's numbers, for the alerts too.
#pragma once

#include "platform/doctor/limits.h"

namespace aftershock {

namespace limits = delta::doctor::limits;

}  // namespace aftershock

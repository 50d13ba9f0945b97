// What an alert, or the doctor, holds responsible, under the harness's own name.
#pragma once

#include "platform/doctor/culprit.h"

namespace aftershock {

using delta::doctor::Culprit;
using delta::doctor::kCulpritNames;
using delta::doctor::name_of;

}  // namespace aftershock

// The doctor, who also looks at live systems, under the harness's own name.
#pragma once

#include "harness/culprit.h"
#include "platform/doctor/doctor.h"

namespace aftershock {

using delta::doctor::CheckStatus;
using delta::doctor::diagnose;
using delta::doctor::Diagnosis;
using delta::doctor::format_diagnosis;
using delta::doctor::RunbookCheck;
using delta::doctor::Symptom;

}  // namespace aftershock

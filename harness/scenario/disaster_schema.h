// The part of the format that says what goes wrong and what is done about it.
#pragma once

#include "harness/scenario/schema.h"

namespace aftershock {

Field faults_field();
Field nemesis_field();
Field runbook_field();
Field recovery_order_field();
Field checklist_field();
Field exercises_field();
Field detection_field();

}  // namespace aftershock

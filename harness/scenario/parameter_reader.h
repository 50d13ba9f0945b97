// Reading the parameters of one kind of fault or step.
#pragma once

#include "core/parameters.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {

/// Fills `into` with what `given`, the item's `parameters`, says, and with defaults. `kind` is what
/// they depend on, named at `kind_at`. False: something was wrong, and was reported.
bool read_parameters(Position kind_at, std::string_view kind, const View& given,
                     const Field& wanted, delta::Parameters& into, Problems& problems);

}  // namespace aftershock

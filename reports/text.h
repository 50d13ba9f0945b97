// Plain text in columns, which the programs share, under the harness's own name.
#pragma once

#include "core/columns.h"

namespace aftershock {

using delta::cut;
using delta::one_line;
using delta::padded;
using delta::rounded_down;
using delta::rounded_up;
using delta::Table;
using delta::text_width;
using delta::wrapped;

}  // namespace aftershock

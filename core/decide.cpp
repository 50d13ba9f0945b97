#include "core/decide.h"

#include "core/rules.h"

namespace delta {

Decision decide(const Rows& rows, const Envelope& envelope, const Context& context,
                const Settings& settings) {
  Draft draft(rows, envelope, context, settings);
  return std::visit([&draft](const auto& message) { return rules::apply(draft, message); },
                    envelope.message);
}

}  // namespace delta

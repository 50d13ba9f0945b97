// Reading the parameters of one kind of fault or step.
#include "harness/scenario/parameter_reader.h"

#include <algorithm>

namespace aftershock {
namespace {

bool report_missing(Position kind_at, std::string_view kind, const Field& wanted,
                    Problems& problems) {
  const auto needed = std::ranges::find_if(wanted.fields, &Field::required);
  problems.add(kind_at, std::string(kind) + " needs the parameter " + quote(needed->key) +
                            " in 'parameters'");
  return false;
}

bool check_given(std::string_view kind, const View& given, const Field& wanted,
                 Problems& problems) {
  if (given.node()->kind != Node::Kind::kMap) return false;  // reported by check_tree()
  if (wanted.fields.empty()) {
    problems.add(given.named_at(), std::string(kind) + " takes no 'parameters'");
    return false;
  }
  check_tree(*given.node(), wanted, problems);
  return given.is_sound(problems);
}

}  // namespace

bool read_parameters(Position kind_at, std::string_view kind, const View& given,
                     const Field& wanted, delta::Parameters& into, Problems& problems) {
  if (!given.given() && wanted.required) return report_missing(kind_at, kind, wanted, problems);
  if (given.given() && !check_given(kind, given, wanted, problems)) return false;
  const View values = given.as(wanted);
  for (const Field& field : wanted.fields) {
    const View value = values[field.key];
    if (value.given() || !field.fallback.empty()) into.set(field.key, value.number());
  }
  return true;
}

}  // namespace aftershock

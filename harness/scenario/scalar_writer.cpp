#include "harness/scenario/scalar_writer.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/decimal.h"

namespace aftershock {
namespace {

using delta::Wide;

constexpr std::size_t kMostPlaces = 15;  ///< that a number may have behind the point

/// The digits without zeros at the end, `places` of them behind the point.
std::string decimal(Wide digits, std::size_t places) {
  std::string text = std::to_string(static_cast<std::int64_t>(digits));
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  std::string behind = text.substr(text.size() - places);
  while (!behind.empty() && behind.back() == '0') behind.pop_back();
  return text.substr(0, text.size() - places) + (behind.empty() ? "" : "." + behind);
}

/// With as few places as possible; then of the shortest unit of time.
std::string write_rate(std::int64_t interval) {
  constexpr std::int64_t second = 1'000'000'000;
  static constexpr std::array<std::pair<const char*, std::int64_t>, 3> units{
      {{"/s", second}, {"/min", 60 * second}, {"/h", 3'600 * second}}};
  Wide divisor = 1;
  for (std::size_t places = 0; places <= kMostPlaces; ++places, divisor *= 10) {
    for (const auto& [name, unit] : units) {
      const Wide scaled = divisor * unit / interval;
      if (scaled > 0 && divisor * unit / scaled == interval) return decimal(scaled, places) + name;
    }
  }
  CHECK(false);
}

}  // namespace

std::string write_scalar(const Field& field, std::int64_t value) {
  switch (field.type) {
    case FieldType::kDuration: return delta::format_duration(delta::Duration(value));
    case FieldType::kRate: return write_rate(value);
    case FieldType::kPercent: return decimal(value, 4) + "%";
    case FieldType::kCount: return std::to_string(value);
    case FieldType::kFlag: return value != 0 ? "true" : "false";
    case FieldType::kChoice:
    case FieldType::kOutcome: return std::string(field.choices[static_cast<std::size_t>(value)]);
    case FieldType::kText:
    case FieldType::kName:
    case FieldType::kThreshold:
    case FieldType::kMap:
    case FieldType::kList:
    case FieldType::kSelection:
    case FieldType::kParameters: break;
  }
  CHECK(false);
}

}  // namespace aftershock

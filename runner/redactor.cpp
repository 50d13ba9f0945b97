#include "runner/redactor.h"

#include <algorithm>

#include "core/base64.h"

namespace delta {

namespace {

constexpr std::size_t kShortest = 4;

/// What the base64 of any text with `value` in it contains, if `before` bytes (modulo 3) stand in
/// front of the value: without the digits that depend on its neighbours.
std::string base64_inside(const std::string& value, std::size_t before) {
  const std::string text = base64(std::string(before, '\0') + value);
  const std::size_t first = (before * 8 + 5) / 6;
  const std::size_t whole = (before + value.size()) * 8 / 6;
  return text.substr(first, whole - first);
}

}  // namespace

Redactor::Redactor(const std::map<std::string, std::string>& secrets) {
  for (const auto& [name, value] : secrets) {
    if (value.size() < kShortest) continue;
    patterns_.push_back(value);
    for (std::size_t before = 0; before < 3; ++before) {
      patterns_.push_back(base64_inside(value, before));
    }
  }
  for (const std::string& pattern : patterns_) longest_ = std::max(longest_, pattern.size());
}

std::string Redactor::feed(std::string_view piece) {
  if (patterns_.empty()) return std::string(piece);
  kept_ += piece;
  secret_.resize(kept_.size());
  if (kept_.size() < longest_) return {};
  // Whatever begins before this is complete.
  const std::size_t known = kept_.size() - longest_ + 1;
  mark(known);
  return take(known);
}

std::string Redactor::finish() {
  mark(kept_.size());
  return take(kept_.size());
}

void Redactor::mark(std::size_t end) {
  for (const std::string& pattern : patterns_) {
    for (std::size_t at = kept_.find(pattern, marked_); at < end;
         at = kept_.find(pattern, at + 1)) {
      std::fill_n(secret_.begin() + static_cast<std::ptrdiff_t>(at), pattern.size(), true);
    }
  }
  marked_ = end;
}

std::string Redactor::take(std::size_t count) {
  std::string passed;
  for (std::size_t i = 0; i < count; ++i) {
    if (!secret_[i]) {
      passed += kept_[i];
    } else if (!inside_) {
      passed += "***";
    }
    inside_ = secret_[i];
  }
  kept_.erase(0, count);
  secret_.erase(secret_.begin(), secret_.begin() + static_cast<std::ptrdiff_t>(count));
  marked_ -= count;
  return passed;
}

}  // namespace delta

// A portable random generator: the same numbers with every compiler, library and build type.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/time.h"

namespace delta {

/// One step of SplitMix64 (Steele, Lea, Flood 2014): a bijective 64-bit mixer.
constexpr std::uint64_t mix64(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

/// FNV-1a, for turning a stream's name into a seed.
constexpr std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  return hash;
}

/// xoshiro256** (Blackman, Vigna 2018), seeded by SplitMix64. Not for secrets.
class Rng {
 public:
  explicit constexpr Rng(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = seed = mix64(seed);
  }

  /// An independent generator: drawing from it never shifts the numbers of another stream.
  constexpr Rng stream(std::string_view name, std::uint64_t index = 0) const {
    return Rng(mix64(state_[0] ^ hash_name(name)) ^ mix64(state_[1] + index));
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
    const std::uint64_t carried = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= carried;
    state_[3] = rotate_left(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound). `bound` must not be 0. (Lemire's multiply-shift; the bias is below
  /// bound / 2^64, which no drill can see.)
  constexpr std::uint64_t below(std::uint64_t bound) {
    CHECK(bound > 0);
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }

  /// True with a probability in parts per million.
  constexpr bool chance_ppm(std::uint32_t ppm) { return below(1'000'000) < ppm; }

  /// Uniform in [low, high].
  constexpr Duration between(Duration low, Duration high) {
    CHECK(low <= high);
    const auto width = static_cast<std::uint64_t>((high - low).count());
    return low + Duration(static_cast<std::int64_t>(below(width + 1)));
  }

 private:
  static constexpr std::uint64_t rotate_left(std::uint64_t value, int bits) {
    return (value << bits) | (value >> (64 - bits));
  }

  std::uint64_t state_[4] = {};
};

}  // namespace delta

#include "harness/checkers/artifact_path.h"

#include <charconv>

namespace aftershock {

using namespace delta;

namespace {

template <class Number>
bool parse(std::string_view text, int base, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc{} && stop == end;
}

template <class AnyId>
bool parse_id(std::string_view text, AnyId& id) {
  return text.size() == 32 && parse(text.substr(0, 16), 16, id.hi) &&
         parse(text.substr(16), 16, id.lo);
}

/// The text up to the next slash; `rest` goes on behind it.
std::string_view next_part(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return part;
}

}  // namespace

std::optional<ArtifactPath> parse_artifact_path(std::string_view text) {
  ArtifactPath path;
  const bool good = next_part(text) == "runs" && parse_id(next_part(text), path.ref.run) &&
                    parse(next_part(text), 10, path.ref.job) &&
                    parse_id(next_part(text), path.ref.attempt) && !text.empty();
  if (!good) return std::nullopt;
  path.name = text;
  return path;
}

}  // namespace aftershock

#include "harness/checkers/artifact_path.h"

#include <charconv>

namespace aftershock {

using namespace delta;

namespace {

template <class Number>
bool parse(std::string_view text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

template <class AnyId>
bool take_id(std::string_view text, AnyId& id) {
  const std::optional found = parse_id<AnyId>(text);
  id = found.value_or(AnyId{});
  return found.has_value();
}

/// The text up to the next slash; `rest` goes on behind it.
std::string_view next_part(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return part;
}

/// Of what the parts after the first say who left it; `text` goes on behind them.
bool take_holder(std::string_view& text, ArtifactPath& path) {
  AttemptRef& ref = path.ref;
  return take_id(next_part(text), ref.run) && parse(next_part(text), ref.job) &&
         take_id(next_part(text), ref.attempt) && take_id(next_part(text), path.lease);
}

}  // namespace

std::optional<ArtifactPath> parse_artifact_path(std::string_view text) {
  ArtifactPath path;
  if (next_part(text) != "runs" || !take_holder(text, path) || text.empty()) return std::nullopt;
  path.name = text;
  return path;
}

std::optional<ArtifactPath> parse_partial_log_path(std::string_view text) {
  ArtifactPath path;
  if (next_part(text) != "partial-logs" || !take_holder(text, path) || !text.empty()) {
    return std::nullopt;
  }
  return path;
}

}  // namespace aftershock

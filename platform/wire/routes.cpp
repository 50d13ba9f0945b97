#include "platform/wire/routes.h"

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "core/text.h"
#include "platform/wire/codec.h"
#include "platform/wire/forms.h"
#include "platform/wire/names.h"

namespace delta::wire {

namespace {

bool is_parameter(std::string_view part) { return part.starts_with('{'); }
std::string_view inside_braces(std::string_view part) { return part.substr(1, part.size() - 2); }

/// Between separators; "a//b" has an empty piece, "" none.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) pieces.emplace_back();
  }
  return pieces;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// Nothing when it is not percent-encoded UTF-8, or holds a control character.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    }
    result += c;
  }
  if (!is_utf8(result) || std::ranges::any_of(result, is_control)) return std::nullopt;
  return result;
}

std::string encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
  };
  std::string result;
  for (const char c : text) {
    if (is_plain(c)) {
      result += c;
      continue;
    }
    result += '%';
    result += digits[(c >> 4) & 15];
    result += digits[c & 15];
  }
  return result;
}

std::unexpected<NoMatch> no_match(int status, std::string detail, std::string allow = {}) {
  return std::unexpected(NoMatch{status, std::move(detail), std::move(allow)});
}

/// The parameters of a path that fits the route's pattern.
std::optional<Parameters> fit(const Route& route, const std::vector<std::string>& parts) {
  const std::vector<std::string_view> pattern = split(route.path, '/');
  if (pattern.size() != parts.size()) return std::nullopt;
  Parameters parameters;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_parameter(pattern[i]) && !parts[i].empty()) {
      parameters.emplace_back(inside_braces(pattern[i]), parts[i]);
    } else if (pattern[i] != parts[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

/// Error: what is wrong with the query, in one sentence.
std::expected<Parameters, std::string> read_query(const Route& route, std::string_view query) {
  std::vector<std::string_view> known(route.query.begin(), route.query.end());
  std::erase(known, "");
  Parameters parameters;
  for (const std::string_view piece : split(query, '&')) {
    const std::size_t equals = piece.find('=');
    const auto name = decoded(piece.substr(0, equals), true);
    const auto value =
        decoded(equals == std::string_view::npos ? "" : piece.substr(equals + 1), true);
    if (!name || !value) return std::unexpected("the query is not percent-encoded UTF-8");
    if (std::ranges::find(known, *name) == known.end()) {
      const std::optional<std::string> hint = did_you_mean(*name, known);
      return std::unexpected("unknown query parameter " + quote(*name) +
                             (hint ? "; " + *hint : ""));
    }
    if (find(parameters, *name) != nullptr) {
      return std::unexpected("the query parameter " + quote(*name) + " is there twice");
    }
    parameters.emplace_back(*name, *value);
  }
  return parameters;
}

}  // namespace

std::string_view name_of(Role role) {
  static constexpr std::array<std::string_view, 4> names{"none", "client", "runner", "admin"};
  return names.at(static_cast<std::size_t>(role));
}

const Route* find_route(std::string_view kind) {
  const auto* found = std::ranges::find(kRoutes, kind, &Route::kind);
  return found == kRoutes.end() ? nullptr : found;
}

const Route& route_of(const Request& request) {
  const Route* route = find_route(kind_of(request));
  CHECK(route != nullptr);
  return *route;
}

const std::string* find(const Parameters& parameters, std::string_view name) {
  const auto found =
      std::ranges::find(parameters, name, [](const auto& p) { return std::string_view(p.first); });
  return found == parameters.end() ? nullptr : &found->second;
}

std::expected<Match, NoMatch> match(std::string_view method, std::string_view target) {
  const std::size_t question = target.find('?');
  const bool has_query = question != std::string_view::npos;
  std::vector<std::string> parts;
  for (const std::string_view raw : split(target.substr(0, question), '/')) {
    std::optional<std::string> part = decoded(raw, false);
    if (!part) return no_match(400, "the path is not percent-encoded UTF-8");
    parts.push_back(std::move(*part));
  }
  std::string allow;
  for (const Route& route : kRoutes) {
    std::optional<Parameters> path = fit(route, parts);
    if (!path) continue;
    if (route.method != method) {
      allow += (allow.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    auto query = read_query(route, has_query ? target.substr(question + 1) : "");
    if (!query) return no_match(400, std::move(query.error()));
    return Match{&route, std::move(*path), std::move(*query)};
  }
  if (allow.empty()) return no_match(404, "there is nothing at this path");
  std::string detail = "this path takes " + allow + " only";
  return no_match(405, std::move(detail), std::move(allow));
}

std::string target_of(const Route& route, const Parameters& path, const Parameters& query) {
  std::string target;
  const std::vector<std::string_view> parts = split(route.path, '/');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    target += '/';
    if (is_parameter(parts[i])) {
      const std::string* value = find(path, inside_braces(parts[i]));
      CHECK(value != nullptr && !value->empty());
      target += encoded(*value);
    } else {
      target += parts[i];
    }
  }
  char separator = '?';
  for (const auto& [name, value] : query) {
    target += separator + encoded(name) + '=' + encoded(value);
    separator = '&';
  }
  return target;
}

namespace {

template <class Body>
concept OfRun = Is<Body, CancelRequest> || Is<Body, RerunRequest> || Is<Body, GetRunRequest> ||
                Is<Body, ListArtifactsRequest>;

template <class Body>
concept OfSchedule = Is<Body, ChangeScheduleRequest> || Is<Body, GetScheduleRequest>;

Parameters query_of(const ListSchedulesRequest& list) {
  Parameters query{{"limit", std::to_string(list.limit)}};
  if (!list.after.empty()) query.emplace_back("after", list.after);
  return query;
}

Parameters query_of(const ListRunsRequest& list) {
  Parameters query{{"limit", std::to_string(list.limit)}};
  if (list.state) query.emplace_back("state", name_of(*list.state));
  if (!list.after.is_nil()) query.emplace_back("after", to_string(list.after));
  return query;
}

}  // namespace

std::string target_of(const Request& request) {
  Parameters path;
  Parameters query;
  std::visit(
      [&]<class Body>(const Body& body) {
        if constexpr (OfRun<Body>) path.emplace_back("run", to_string(body.run));
        if constexpr (OfSchedule<Body>) path.emplace_back("schedule", body.name);
        if constexpr (requires { query_of(body); }) query = query_of(body);
      },
      request);
  return target_of(route_of(request), path, query);
}

int http_status(const Response& response) {
  switch (response.status) {
    case Status::ok: return std::holds_alternative<SubmitReply>(response.body) ? 201 : 200;
    case Status::refused: return response.reason == Reason::not_found ? 404 : 409;
    case Status::invalid:
    case Status::key_reused: return 422;
    case Status::unavailable: return 503;
    case Status::unknown: return 504;
  }
  CHECK(false);
}

}  // namespace delta::wire

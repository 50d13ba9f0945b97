// The published description of the API, held against the routes and the codec.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "platform/wire/routes.h"
#include "tests/golden/openapi_schema.h"
#include "tests/unit/wire_sample.h"

namespace delta::wire {
namespace {

constexpr const char* kPath = "docs/openapi.json";

std::string committed_text() {
  std::ifstream stream(kPath, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}
const Document& committed() {
  static const Document document = Document::parse(committed_text());
  return document;
}
const Document& schemas() { return committed().at("components").at("schemas"); }
std::string lower(std::string_view method) { return method == "GET" ? "get" : "post"; }
const Document& operation_of(const Route& route) {
  return committed().at("paths").at(std::string(route.path)).at(lower(route.method));
}
const Document& json_of(const Document& with_content) {
  return with_content.at("content").at("application/json");
}

TEST(OpenApi, IsPublishedAsCommitted) {
  const std::string drawn = openapi_document().dump(2) + "\n";
  if (std::getenv("UPDATE_GOLDENS") != nullptr) std::ofstream(kPath, std::ios::binary) << drawn;
  EXPECT_EQ(committed_text(), drawn) << "run with UPDATE_GOLDENS=1 and review the difference";
}

TEST(OpenApi, HasEveryRouteAndNoOther) {
  std::set<std::string> routes;
  for (const Route& route : kRoutes) routes.insert(lower(route.method) + std::string(route.path));
  std::set<std::string> documented;
  for (const auto& [path, methods] : committed().at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) documented.insert(method + path);
  }
  EXPECT_EQ(documented, routes);
}

TEST(OpenApi, AgreesOnRolesKeysAndParameters) {
  for (const Route& route : kRoutes) {
    const Document& operation = operation_of(route);
    EXPECT_EQ(operation.at("operationId"), route.kind);
    EXPECT_EQ(operation.at("x-role"), name_of(route.role));
    EXPECT_EQ(operation.at("security").empty(), route.role == Role::none) << route.kind;
    std::set<std::string> query;
    bool has_key = false;
    for (const auto& parameter : operation.value("parameters", Document::array())) {
      const std::string name = parameter.at("name").get<std::string>();
      if (parameter.at("in") == "query") query.insert(name);
      if (parameter.at("in") == "path") {
        EXPECT_TRUE(route.path.contains("{" + name + "}")) << route.kind;
      }
      has_key |= name == "Idempotency-Key";
    }
    EXPECT_EQ(has_key, route.needs_key) << route.kind;
    std::set<std::string> known(route.query.begin(), route.query.end());
    known.erase("");
    EXPECT_EQ(query, known) << route.kind;
  }
}

TEST(OpenApi, HasExamplesThatTheServerAccepts) {
  int requests = 0;
  for (const Route& route : kRoutes) {
    const Document& operation = operation_of(route);
    EXPECT_EQ(operation.contains("requestBody"), route.method == "POST") << route.kind;
    if (!operation.contains("requestBody")) continue;
    const Document& body = json_of(operation.at("requestBody"));
    const std::string example = body.at("example").dump();
    EXPECT_EQ(mismatch(body.at("schema"), body.at("example"), schemas()), "") << route.kind;
    if (route.kind == "batch") {
      const auto read = decode_batch(example);
      ASSERT_TRUE(read) << read.error();
      EXPECT_EQ(encode_batch(*read), example);
    } else {
      const auto read = decode_request(route.kind, example, example_route());
      ASSERT_TRUE(read) << route.kind << ": " << read.error();
      EXPECT_EQ(encode(*read), example_request(route.kind));
    }
    ++requests;
  }
  EXPECT_EQ(requests, 21);
}

TEST(OpenApi, HasExamplesThatTheServerCouldAnswer) {
  int responses = 0;
  for (const Route& route : kRoutes) {
    const Document& all = operation_of(route).at("responses");
    const Document& done = all.at(all.contains("201") ? "201" : "200");
    if (!done.at("content").contains("application/json")) continue;
    const Document& body = json_of(done);
    if (!body.contains("example")) continue;
    const std::string example = body.at("example").dump();
    EXPECT_EQ(mismatch(body.at("schema"), body.at("example"), schemas()), "") << route.kind;
    ++responses;
    if (route.kind == "batch") {
      EXPECT_EQ(encode_batch(decode_batch_responses(example).value()), example);
      continue;
    }
    const auto read = decode_response(example);
    ASSERT_TRUE(read) << route.kind << ": " << read.error();
    EXPECT_EQ(encode(*read), example);
    EXPECT_EQ(http_status(*read), all.contains("201") ? 201 : 200) << route.kind;
  }
  EXPECT_EQ(responses, 27);
}

RC_GTEST_PROP(OpenApi, DescribesEveryRequest, ()) {
  const Request request = test::request(test::below(std::variant_size_v<Request>));
  const Route& route = route_of(request);
  if (route.method != "POST") return;
  const Document& body = json_of(operation_of(route).at("requestBody"));
  RC_ASSERT(mismatch(body.at("schema"), Document::parse(encode(request)), schemas()) == "");
}

RC_GTEST_PROP(OpenApi, DescribesEveryResponse, ()) {
  const Document written = Document::parse(encode(test::response()));
  RC_ASSERT(mismatch(schemas().at("Response"), written, schemas()) == "");
}

}  // namespace
}  // namespace delta::wire

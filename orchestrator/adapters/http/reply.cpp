#include "orchestrator/adapters/http/reply.h"

#include "platform/wire/codec.h"
#include "platform/wire/routes.h"

namespace delta::http {

namespace {

Reply with_status(int status, const Response& response) {
  Reply reply{.status = status, .body = wire::encode(response) + "\n"};
  if (status == 503) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace

Reply reply_of(const Response& response) {
  return with_status(wire::http_status(response), response);
}

Reply failure(int status, std::string detail) {
  Response response;
  response.status = status >= 500 ? Status::unavailable : Status::invalid;
  response.detail = std::move(detail);
  return with_status(status, response);
}

}  // namespace delta::http

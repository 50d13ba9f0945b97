#include "platform/servers/private_folder.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace delta {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw ServerError(what + ": " + std::strerror(errno));
}

}  // namespace

PrivateFolder::PrivateFolder(std::string_view name, const std::optional<Account>& owner) {
  std::string text = (std::filesystem::temp_directory_path() / name).string() + "-XXXXXX";
  if (mkdtemp(text.data()) == nullptr) fail("cannot make the folder " + text);
  path_ = text;
  if (owner && chown(text.c_str(), owner->user, owner->group) != 0) {
    const int error = errno;
    rmdir(text.c_str());
    errno = error;
    fail("cannot give the folder " + text + " away");
  }
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ReservedPort::ReservedPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) fail("cannot make a socket");
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      bind(socket_, generic, size) != 0 || getsockname(socket_, generic, &size) != 0) {
    const int error = errno;
    close(socket_);
    errno = error;
    fail("cannot find a free port of 127.0.0.1");
  }
  number_ = ntohs(address.sin_port);
}

ReservedPort::~ReservedPort() { close(socket_); }

}  // namespace delta

#include "client/print_file.h"

#include <array>
#include <cstdio>
#include <memory>

namespace delta::client {

namespace {

/// Holds what comes until all of it is there: a call that is repeated begins from the beginning.
class Spool {
 public:
  Spool() : file_(std::tmpfile(), &std::fclose) {}

  bool is_open() const { return file_ != nullptr; }
  int descriptor() const { return fileno(file_.get()); }
  std::uint64_t copy_to(std::ostream& out) const {
    std::rewind(file_.get());
    std::array<char, 65536> buffer{};
    std::uint64_t bytes = 0;
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file_.get())) {
      out.write(buffer.data(), static_cast<std::streamsize>(got));
      bytes += got;
    }
    return bytes;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace

Outcome<Printed> print_file(const Call& call, const Session& session) {
  const Spool spool;
  if (!spool.is_open()) return failed(ExitCode::kOutput, "a temporary file cannot be written");
  const auto fetched = session.client.fetch(call, spool.descriptor());
  if (!fetched) return std::unexpected(fetched.error());
  std::ostream& out = session.consoles.out.stream;
  const std::uint64_t bytes = spool.copy_to(out);
  out.flush();
  return Printed{bytes, fetched->partial};
}

}  // namespace delta::client

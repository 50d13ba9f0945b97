// Runs tests/servers/s3_server.py for a test, and tells it what to do.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "core/check.h"
#include "platform/fd.h"
#include "platform/http_client.h"

namespace delta::test {

class S3Server {
 public:
  static constexpr const char* kBucket = "artifacts";
  static constexpr const char* kAccessKey = "AKIDEXAMPLE";
  static constexpr const char* kSecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

  S3Server() {
    int input[2];
    int output[2];
    CHECK(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
    const Fd input_end(input[0]);
    const Fd output_end(output[1]);
    input_ = Fd(input[1]);
    const Fd answers(output[0]);
    process_ = fork();
    CHECK(process_ >= 0);
    if (process_ == 0) {
      dup2(input_end.get(), STDIN_FILENO);
      dup2(output_end.get(), STDOUT_FILENO);
      execlp("python3", "python3", "tests/servers/s3_server.py", kBucket, kAccessKey, kSecretKey,
             nullptr);
      _exit(127);
    }
    char c = 0;
    while (read(answers.get(), &c, 1) == 1 && c != '\n') port_ += c;
    CHECK(c == '\n');
  }
  ~S3Server() {
    input_.reset();
    waitpid(process_, nullptr, 0);
  }
  S3Server(const S3Server&) = delete;
  S3Server& operator=(const S3Server&) = delete;

  std::string endpoint(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + port_;
  }
  /// Until the next; see the server's own description.
  void set_fault(const std::string& fault) { tell("/-/fault", fault); }
  void damage(const std::string& key) { tell("/-/damage", kBucket + ("/" + key)); }

 private:
  void tell(const std::string& path, const std::string& what) {
    const auto told = client_.call({.method = "POST", .url = endpoint() + path, .body = what});
    CHECK(told && told->status == 204);
  }

  pid_t process_ = 0;
  Fd input_;
  std::string port_;
  HttpClient client_;
};

}  // namespace delta::test

// Takes secret values out of a stream of text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace delta {

/// Replaces each value, its base64 and the base64 of any text around it by "***", wherever the
/// pieces are cut. Values that touch or overlap become one. Thread: one.
class Redactor {
 public:
  /// By name, as a command gets them. A value of less than four bytes is too common to be found.
  explicit Redactor(const std::map<std::string, std::string>& secrets);

  /// What may be passed on now; an end that may be the beginning of a value is kept back.
  std::string feed(std::string_view piece);
  /// What was kept back: the stream has ended.
  std::string finish();

 private:
  /// Marks what is secret among what begins before `end` of the kept text.
  void mark(std::size_t end);
  /// Takes the first `count` bytes out of the kept text, redacted.
  std::string take(std::size_t count);

  std::vector<std::string> patterns_;
  std::size_t longest_ = 0;
  std::string kept_;
  std::vector<bool> secret_;  ///< parallel to `kept_`
  std::size_t marked_ = 0;    ///< patterns that begin before this are marked
  bool inside_ = false;       ///< the last byte that was passed on was secret
};

}  // namespace delta

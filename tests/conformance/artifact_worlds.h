// For the worlds of artifact stores: contents, threads, and folders for files.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>
#include <vector>

#include "core/check.h"
#include "core/content.h"

namespace delta::test {

/// Of one test; deleted at its end.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = testing::TempDir() + "artifacts.XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

inline std::string bytes_of(const Content& content) {
  if (content.file.empty()) return content.bytes;
  std::ifstream file(content.file, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Never the same byte for long.
inline std::string many_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

inline void run_at_once(std::vector<std::function<void()>> bodies) {
  std::vector<std::thread> threads;
  for (auto& body : bodies) threads.emplace_back(std::move(body));
  for (std::thread& thread : threads) thread.join();
}

/// As an executor leaves it.
inline Content content_in_file(const TestFolder& folder, const std::string& name,
                               const std::string& bytes) {
  Content content = content_of(bytes);
  content.bytes.clear();
  content.file = folder.file(name, bytes);
  return content;
}

}  // namespace delta::test

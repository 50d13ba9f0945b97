// The folders that jobs work in.
//   ROOT/delta-runner-RANDOM/   of one runner process, which holds a lock on it
//   ROOT/delta-runner-RANDOM/job-N/   of one job
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "platform/fd.h"
#include "platform/log.h"

namespace delta {

/// Thread: any.
class WorkFolders {
 public:
  /// Makes the root if there is none, and removes what dead runners left there: only folders with
  /// our name and owner whose lock is free, so that runners can share a root even when they do
  /// not see each other's processes. Error: in words.
  static std::expected<std::shared_ptr<WorkFolders>, std::string> open(const std::string& root,
                                                                       Log& log);
  ~WorkFolders();
  WorkFolders(const WorkFolders&) = delete;
  WorkFolders& operator=(const WorkFolders&) = delete;

  /// A new folder that only we may enter; its absolute path. Error: in words.
  std::expected<std::string, std::string> make();
  /// With everything in it.
  void remove(const std::string& folder);
  /// Whoever keeps it open keeps the folders from being taken for a dead runner's.
  int lock() const { return lock_.get(); }

 private:
  WorkFolders(std::string folder, Fd lock, Log& log)
      : folder_(std::move(folder)), lock_(std::move(lock)), log_(log) {}

  const std::string folder_;
  const Fd lock_;
  Log& log_;
  std::atomic<std::uint64_t> made_ = 0;
};

/// One of them, removed when it is no longer needed.
class WorkFolder {
 public:
  WorkFolder(std::shared_ptr<WorkFolders> all, std::string path)
      : all_(std::move(all)), path_(std::move(path)) {}
  ~WorkFolder() { all_->remove(path_); }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string artifacts() const { return path_ + "/artifacts"; }
  std::string temporary() const { return path_ + "/tmp"; }
  /// Where the steps of a job leave what those after them need.
  std::string checkpoint() const { return path_ + "/checkpoint"; }
  /// False: errno says why.
  bool write_state(const std::string& state) const;
  /// What the file holds; empty when there is none. Of one that is longer than `most` bytes only so
  /// much that this shows.
  std::string read_state(std::size_t most) const;
  int lock() const { return all_->lock(); }

 private:
  const std::shared_ptr<WorkFolders> all_;
  const std::string path_;
};

}  // namespace delta

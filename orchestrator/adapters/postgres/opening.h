// What begins a transaction: the statements of an OpenRequest, and their results as rows.
#pragma once

#include <pqxx/result>
#include <span>
#include <string>
#include <vector>

#include "core/ports/database.h"

namespace delta::postgres {

class Opening {
 public:
  explicit Opening(const OpenRequest& request);

  std::span<const std::string> statements() const { return statements_; }
  /// Runs and attempts without their specifications.
  Opened read(std::span<const pqxx::result> results) const;

 private:
  /// Which result holds what; 0, BEGIN's, where nothing of the kind was asked for.
  struct Places {
    std::size_t operations = 0;
    std::size_t schedules = 0;
    std::size_t runs = 0;
    std::size_t jobs = 0;
    std::size_t attempts = 0;
    std::size_t lock = 0;
    std::size_t control = 0;
  };

  void add_operations(const OpenRequest& request);
  void add_rows(const OpenRequest& request);
  std::size_t add(std::string statement);

  std::vector<std::string> statements_;
  Places places_;
};

}  // namespace delta::postgres

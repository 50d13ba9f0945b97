// What PostgreSQL itself knows.
#include "harness/check/check.h"

namespace aftershock::check {

std::vector<Check> server_checks() {
  return {
      {.name = "checksum-failures",
       .meaning = "PostgreSQL has read a page whose checksum is wrong.",
       .action =
           "The disk or the memory is damaged. Stop the orchestrators, restore elsewhere, and "
           "replace the machine.",
       .sql = "SELECT checksum_failures || ' pages, the last ' || checksum_last_failure "
              "FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0"},
      {.name = "invalid-indexes",
       .meaning = "An index is marked invalid: it may not find rows, or not keep them unique.",
       .action = "REINDEX INDEX CONCURRENTLY it; if that fails, its table is damaged.",
       .sql = "SELECT 'index ' || indexrelid::regclass FROM pg_index "
              "JOIN pg_class ON pg_class.oid = indexrelid "
              "WHERE relnamespace = 'delta'::regnamespace AND NOT indisvalid"},
      {.name = "page-checksums",
       .severity = Severity::info,
       .meaning = "This cluster has no page checksums: damage of a page goes unnoticed.",
       .action = "Enable them while it is stopped: pg_checksums --enable.",
       .sql = "SELECT 'data_checksums is off' WHERE current_setting('data_checksums') = 'off'"},
  };
}

}  // namespace aftershock::check

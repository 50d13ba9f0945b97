#include "orchestrator/adapters/postgres/arguments.h"

namespace delta::postgres {

Arguments& Arguments::operator<<(Text text) {
  std::string& column = next();
  column += '"';
  for (const char c : text.value) {
    // Escaped for the array, and for the literal around it (standard_conforming_strings is on).
    if (c == '"' || c == '\\') column += '\\';
    if (c == '\'') column += '\'';
    column += c;
  }
  column += '"';
  return *this;
}

std::string Arguments::execute(std::string_view name, std::string_view extra) const {
  std::string statement = "EXECUTE ";
  statement += name;
  char before = '(';
  for (const std::string& column : columns_) {
    statement += before;
    statement += "'{";
    statement += column;
    statement += "}'";
    before = ',';
  }
  if (!extra.empty()) {
    statement += before;
    statement += extra;
  }
  statement += ')';
  return statement;
}

}  // namespace delta::postgres

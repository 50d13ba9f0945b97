#include "platform/wire/json_writer.h"

namespace delta::wire {

namespace {

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void append_escape(std::string& text, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"': text += "\\\""; return;
    case '\\': text += "\\\\"; return;
    case '\n': text += "\\n"; return;
    case '\r': text += "\\r"; return;
    case '\t': text += "\\t"; return;
    default: break;
  }
  text += "\\u00";
  text += digits[(c >> 4) & 15];
  text += digits[c & 15];
}

}  // namespace

void JsonWriter::value(std::string_view text) {
  text_ += '"';
  std::size_t plain = 0;  // where the characters start that are not written yet
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    text_ += text.substr(plain, i - plain);
    append_escape(text_, text[i]);
    plain = i + 1;
  }
  text_ += text.substr(plain);
  text_ += '"';
}

void JsonWriter::value(DbTime time) {
  text_ += '"';
  digits(time.time_since_epoch().count());
  text_ += '"';
}

}  // namespace delta::wire

// The doctor's words at a terminal.
#include "core/columns.h"
#include "platform/doctor/doctor.h"

namespace delta::doctor {

namespace {

std::string_view word_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::ok: return "ok";
    case CheckStatus::warn: return "WARN";
    case CheckStatus::fail: return "FAIL";
  }
  return {};
}

std::string check_text(const RunbookCheck& check, std::size_t width) {
  std::string text =
      wrapped(padded(word_of(check.status), 6) + padded(check.name, 21), check.numbers, width);
  if (!check.action.empty()) text += wrapped("      -> ", check.action, width);
  if (!check.section.empty()) {
    text += wrapped("         see docs/OPERATIONS.md, ", check.section, width);
  }
  return text;
}

}  // namespace

std::string format_diagnosis(const Diagnosis& diagnosis, std::size_t width) {
  std::string text;
  for (const RunbookCheck& check : diagnosis.checks) text += check_text(check, width);
  for (const Symptom& symptom : diagnosis.symptoms) {
    std::string look_at;
    for (const std::string_view check : symptom.look_at) {
      look_at += (look_at.empty() ? "look at " : ", ") + std::string(check);
    }
    text += wrapped("symptom: ", std::string(symptom.name) + "; " + look_at, width);
  }
  return text +
         wrapped("diagnosis: ", std::string(name_of(diagnosis.culprit)) + ". " + diagnosis.reason,
                 width);
}

}  // namespace delta::doctor

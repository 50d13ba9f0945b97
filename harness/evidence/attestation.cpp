#include "harness/evidence/attestation.h"

#include <date/date.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <sstream>

#include "harness/scenario/fields.h"
#include "harness/scenario/view.h"
#include "reports/audit.h"

namespace aftershock::evidence {
namespace {

using namespace fields;

constexpr const char* kDay = "%F";
constexpr const char* kMoment = "%FT%TZ";

Field blank(const std::string& key, const std::string& asks) { return optional(text(key, asks)); }

Field participants_field(const std::string& asks) {
  return optional(list("participants", asks, 1,
                       {text("name", "Of a person."), text("role", "In the exercise.")}));
}

Field deviations_field(const std::string& asks) {
  return optional(list("deviations", asks, 1, {text("deviation", "What was not as planned.")}));
}

Field findings_field(const std::string& asks) {
  return optional(
      list("findings", asks, 1,
           {text("finding", "What was found, or 'none'."), blank("owner", "Who sees to it."),
            blank("due", "A day: 2026-12-24."), blank("status", "Open, done, accepted."),
            blank("retest", "The day on which it is tested again.")}));
}

Field notices_field(const std::string& asks) {
  return optional(list("notices", asks, 1,
                       {text("at", "A moment of UTC: 2026-11-28T09:01:00Z."),
                        text("severity", "Of the incident."), text("recipients", "Who was told."),
                        text("channel", "By what."), text("message", "What they were told.")}));
}

Field field_of(const Blank& blank_to_fill) {
  const std::string key(blank_to_fill.key), asks(blank_to_fill.asks);
  if (key == "participants") return participants_field(asks);
  if (key == "deviations") return deviations_field(asks);
  if (key == "findings") return findings_field(asks);
  if (key == "notices") return notices_field(asks);
  return blank(key, asks);
}

const Field& attestation_schema() {
  static const Field schema = [] {
    std::vector<Field> all;
    for (const Blank& each : blanks_of({})) all.push_back(field_of(each));
    return map("", "What only people can say of an exercise.", std::move(all));
  }();
  return schema;
}

template <class Time>
bool is_time(const std::string& text, const char* format) {
  std::istringstream stream(text);
  Time time{};
  stream >> date::parse(format, time);
  return !stream.fail() && stream.peek() == std::char_traits<char>::eof();
}

/// What is filled must be a day, as "2026-12-24".
void check_day(const View& view, Problems& problems) {
  if (!view.given() || !view.is_sound(problems)) return;
  const std::string text = view.text();
  if (text.size() == 10 && is_time<date::year_month_day>(text, kDay)) return;
  problems.add(view.at(), quote(text) + " is no day", "write it as 2026-12-24");
}

void check_moment(const View& view, Problems& problems) {
  if (!view.given() || !view.is_sound(problems)) return;
  const std::string text = view.text();
  if (text.size() == 20 && is_time<date::sys_seconds>(text, kMoment)) return;
  problems.add(view.at(), quote(text) + " is no moment of UTC", "write it as 2026-11-28T09:01:00Z");
}

void check_times(const View& root, Problems& problems) {
  for (const char* key : {"objectives_set_on", "approved_on", "attested_on"}) {
    check_day(root[key], problems);
  }
  for (const View& finding : root["findings"].items()) {
    check_day(finding["due"], problems);
    check_day(finding["retest"], problems);
  }
  for (const View& notice : root["notices"].items()) check_moment(notice["at"], problems);
}

AttestationReport read_attestation(const View& root) {
  const auto said = [&root](const char* key) { return root[key].text(); };
  AttestationReport report{.plan = said("plan"),
                           .plan_version = said("plan_version"),
                           .location = said("location"),
                           .scope = said("scope"),
                           .rationale = said("rationale"),
                           .objectives_set_on = said("objectives_set_on"),
                           .accepted_risks = said("accepted_risks"),
                           .conclusion = said("conclusion"),
                           .reported_to = said("reported_to"),
                           .reviewed_by = said("reviewed_by"),
                           .approved_by = said("approved_by"),
                           .approved_on = said("approved_on"),
                           .attested_by = said("attested_by"),
                           .attested_on = said("attested_on")};
  for (const View& each : root["participants"].items()) {
    report.participants.push_back({each["name"].text(), each["role"].text()});
  }
  for (const View& each : root["deviations"].items()) {
    report.deviations.push_back(each["deviation"].text());
  }
  for (const View& each : root["findings"].items()) {
    report.findings.push_back({each["finding"].text(), each["owner"].text(), each["due"].text(),
                               each["status"].text(), each["retest"].text()});
  }
  for (const View& each : root["notices"].items()) {
    report.notices.push_back({each["at"].text(), each["severity"].text(), each["recipients"].text(),
                              each["channel"].text(), each["message"].text()});
  }
  return report;
}

/// "# What was found\n#findings:\n#  - finding: What was found, or 'none'.\n#    owner: ...\n"
std::string template_of(const Field& field) {
  std::string text = "# " + field.description + "\n#" + field.key + ":";
  if (field.type != FieldType::kList) return text + "\n";
  text += "\n";
  const char* lead = "#  - ";
  for (const Field& member : field.fields) {
    text += lead + member.key + ":  # " + (member.required ? "" : "(optional) ") +
            member.description + "\n";
    lead = "#    ";
  }
  return text;
}

}  // namespace

std::string attestation_template() {
  std::string text =
      "# What only people can say of an exercise. Fill a line by taking its '#' away; a line that\n"
      "# stays a comment is a blank, and with one blank left the report is a draft.\n"
      "# Days are written as 2026-12-24, moments of UTC as 2026-11-28T09:01:00Z. A text that "
      "looks\n"
      "# like a number needs quotes: plan_version: \"3.2\". Where there is nothing to list, one "
      "item\n"
      "# says so: deviations: [{deviation: none}].\n"
      "# Then: aftershock report attest BUNDLE --with THIS-FILE\n";
  for (const Field& field : attestation_schema().fields) text += "\n" + template_of(field);
  return text;
}

std::expected<AttestationReport, std::vector<Diagnostic>> load_attestation(
    const std::string& path) {
  const std::expected<std::string, Diagnostic> text = read_text(path);
  if (!text) return std::unexpected(std::vector{text.error()});
  Problems problems(path, *text);
  const std::optional<Node> tree = parse_yaml(*text, problems);
  if (!tree) return std::unexpected(std::move(problems).take());
  check_document(*tree, attestation_schema(), "the attestation", problems);
  if (tree->kind != Node::Kind::kMap) return std::unexpected(std::move(problems).take());
  const View root(*tree, attestation_schema());
  check_times(root, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems).take());
  return read_attestation(root);
}

}  // namespace aftershock::evidence

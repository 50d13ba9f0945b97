#include "harness/calendar/plan.h"

#include <array>
#include <set>

#include "harness/scenario/fields.h"
#include "harness/scenario/view.h"

namespace aftershock::calendar {
namespace {

using namespace fields;

constexpr std::array<std::string_view, 5> kEveryNames{"week", "month", "quarter", "year",
                                                      "incident"};
constexpr std::array<std::string_view, 4> kNthNames{"first", "second", "third", "fourth"};
constexpr std::array<std::string_view, 7> kDayNames{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

Field exercises_field() {
  return list(
      "exercises", "What is exercised.", 1,
      {name("id", "Unique in the file."), text("title", "One line."),
       map("source", "Who asks for it.",
           {text("document", "The document."), text("section", "Its section.")}),
       choice("every", "How often; 'incident': after each.", kEveryNames),
       choice("nth", "Which such day of the month; of a quarter or a year, of its first month.",
              kNthNames, "first"),
       choice("day", "The day of the week.", kDayNames, "Monday"),
       count("hour", "When it begins, in UTC.", 0, 23, "9"),
       count("within", "Days after an incident until it must be done.", 1, 365, "30"),
       optional(list("drills", "What to run; absent: people do it and say so with --done.", 1,
                     {text("path", "A scenario file, or a folder of them.")}))});
}

const Field& plan_schema() {
  static const Field schema = map("", "A plan of exercises.",
                                  {text("calendar", "What the plan is for."), exercises_field()});
  return schema;
}

Exercise read_exercise(const View& view) {
  Exercise exercise{.id = view["id"].text(),
                    .title = view["title"].text(),
                    .document = view["source"]["document"].text(),
                    .section = view["source"]["section"].text(),
                    .rhythm = {.every = view["every"].choice<Every>(),
                               .nth = view["nth"].count() + 1,
                               .day = std::chrono::weekday(view["day"].count()),
                               .within = std::chrono::days(view["within"].count())},
                    .hour = view["hour"].count(),
                    .drills = {}};
  for (const View& drill : view["drills"].items()) {
    exercise.drills.push_back(drill["path"].text());
  }
  return exercise;
}

/// A value that its rhythm has no use for is a mistake.
void check_rhythm(const View& view, Problems& problems) {
  if (!view["every"].is_sound(problems)) return;
  const auto every = view["every"].choice<Every>();
  const auto refuse = [&](const char* key, const std::string& why) {
    if (view[key].given()) problems.add(view[key].named_at(), quote(key) + " " + why);
  };
  if (every == Every::week) refuse("nth", "has no meaning: there is one such day in a week");
  if (every != Every::incident) return refuse("within", "is for exercises after an incident");
  for (const char* key : {"nth", "day", "hour"}) refuse(key, "has no meaning after an incident");
}

}  // namespace

std::expected<Plan, std::vector<Diagnostic>> load_plan(const std::string& path) {
  const std::expected<std::string, Diagnostic> text = read_text(path);
  if (!text) return std::unexpected(std::vector{text.error()});
  Problems problems(path, *text);
  const std::optional<Node> tree = parse_yaml(*text, problems);
  if (!tree) return std::unexpected(std::move(problems).take());
  check_document(*tree, plan_schema(), "the plan", problems);
  if (tree->kind != Node::Kind::kMap) return std::unexpected(std::move(problems).take());
  const View root(*tree, plan_schema());
  Plan plan{.title = root["calendar"].text(), .exercises = {}};
  std::set<std::string> ids;
  for (const View& view : root["exercises"].items()) {
    check_rhythm(view, problems);
    const Exercise exercise = read_exercise(view);
    if (!exercise.id.empty() && !ids.insert(exercise.id).second) {
      problems.add(view["id"].at(), "there are two exercises " + quote(exercise.id));
    }
    plan.exercises.push_back(exercise);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems).take());
  return plan;
}

std::string text_of(const Rhythm& rhythm) {
  const std::string day(kDayNames.at(rhythm.day.c_encoding()));
  if (rhythm.every == Every::incident) {
    return "within " + std::to_string(rhythm.within.count()) + " days of an incident";
  }
  if (rhythm.every == Every::week) return "every " + day;
  return std::string(kNthNames.at(rhythm.nth - 1)) + " " + day + " of the " +
         std::string(kEveryNames.at(std::size_t(rhythm.every)));
}

}  // namespace aftershock::calendar

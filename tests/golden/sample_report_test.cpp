// The report under reports/sample is drawn as it is committed. UPDATE_GOLDENS=1 draws it again.
#include "harness/evidence/drawn.h"
#include "reports/json.h"
#include "tests/golden/golden_file.h"

namespace aftershock {
namespace {

TEST(SampleReport, IsDrawnAsItIsCommitted) {
  const std::string folder = "reports/sample/";
  std::ostringstream json;
  json << std::ifstream(folder + std::string(file_name_of(ReportFormat::json))).rdbuf();
  const Report report = read_report(json.str());
  EXPECT_EQ(write_report(report), json.str());
  SCOPED_TRACE("when pages change, raise kRenderer in harness/evidence/drawn.h");
  for (const ReportFormat format : evidence::drawn_formats()) {
    const std::string path = folder + std::string(file_name_of(format));
    delta::test::expect_golden(path.c_str(), format_report(report, format));
  }
}

}  // namespace
}  // namespace aftershock

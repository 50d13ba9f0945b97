#include "reports/formats.h"

#include "reports/html/html.h"
#include "reports/json.h"
#include "reports/report_csv.h"
#include "reports/report_junit.h"
#include "reports/report_markdown.h"
#include "reports/report_prometheus.h"

namespace aftershock {

std::string_view file_name_of(ReportFormat format) {
  switch (format) {
    case ReportFormat::json: return "report.json";
    case ReportFormat::html: return "report.html";
    case ReportFormat::markdown: return "report.md";
    case ReportFormat::junit: return "junit.xml";
    case ReportFormat::csv: return "report.csv";
    case ReportFormat::prometheus: return "report.prom";
  }
  return "";
}

std::string format_report(const Report& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::json: return write_report(report);
    case ReportFormat::html: return format_html(report);
    case ReportFormat::markdown: return format_markdown(report);
    case ReportFormat::junit: return format_junit(report);
    case ReportFormat::csv: return format_csv(report);
    case ReportFormat::prometheus: return format_prometheus(report);
  }
  return "";
}

}  // namespace aftershock

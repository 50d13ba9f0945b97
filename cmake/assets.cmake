# Makes files a part of a library: each is a function that gives its text. NAME=FILE...
# Literals are kept short: compilers need not take one of more than 65,536 characters.
function(embed_assets target header namespace)
  set(functions "")
  foreach(asset ${ARGN})
    string(REGEX MATCH "^([a-z_]+)=(.*)$" matched "${asset}")
    set(name ${CMAKE_MATCH_1})
    set(file ${CMAKE_MATCH_2})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(LENGTH "${text}" length)
    set(parts "")
    set(at 0)
    while(at LESS length)
      string(SUBSTRING "${text}" ${at} 16000 part)
      string(APPEND parts "  text += R\"asset(${part})asset\";\n")
      math(EXPR at "${at} + 16000")
    endwhile()
    string(APPEND functions
      "std::string ${name}() {\n  std::string text;\n${parts}  return text;\n}\n\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/generated/${target}_assets.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "@header@"

namespace @namespace@ {

@functions@}  // namespace @namespace@
]])
  target_sources(${target} PRIVATE ${source})
endfunction()

# The chart library of report.html, as Debian packages it. Only whoever builds the program needs it.
function(find_chart_js result)
  find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js
    DOC "Chart.js 3, minified; Debian: libjs-chart.js")
  if(NOT CHART_JS)
    message(FATAL_ERROR "chart.min.js is missing, from which report.html draws its charts: "
      "apt-get install libjs-chart.js, or name it with -DCHART_JS=FILE")
  endif()
  set(${result} ${CHART_JS} PARENT_SCOPE)
endfunction()

# Packs the page into a C++ source: cmake -D SOURCE=src/page -D OUTPUT=FILE -P pack.cmake
#
# The styles and scripts that index.html names come to stand in it, each where it is named.
file(READ ${SOURCE}/index.html page)
string(REGEX MATCHALL "<link rel=\"stylesheet\" href=\"[^\"]+\">" links "${page}")
string(REGEX MATCHALL "<script src=\"[^\"]+\"[^>]*></script>" scripts "${page}")
foreach(element ${links} ${scripts})
  string(REGEX MATCH "(href|src)=\"([^\"]+)\"" place ${element})
  file(READ ${SOURCE}/${CMAKE_MATCH_2} text)
  if(element MATCHES "^<link")
    string(REPLACE "${element}" "<style>\n${text}</style>" page "${page}")
  else()
    string(REGEX REPLACE " src=\"[^\"]+\"" "" open ${element})
    string(REPLACE "></script>" ">\n" open ${open})
    string(REPLACE "${element}" "${open}${text}</script>" page "${page}")
  endif()
endforeach()
if(page MATCHES "(\\)page\")")
  message(FATAL_ERROR "the page holds ${CMAKE_MATCH_1}, which ends its string")
endif()
file(WRITE ${OUTPUT} "#include \"pipeline/page_template.h\"

constexpr std::string_view qsample::kPageTemplate = R\"page(${page})page\";
")

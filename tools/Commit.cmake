# Writes OUTPUT, a header with the commit that SOURCE is at: "" outside of a checkout. It
# runs with every build, and leaves the file alone where nothing has changed.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
# The checkout of a project that holds this one is another.
execute_process(COMMAND git rev-parse --show-toplevel WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT top STREQUAL SOURCE)
  set(commit)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
  "// The commit that was built.\nstatic constexpr char commit[] = \"@commit@\";\n")

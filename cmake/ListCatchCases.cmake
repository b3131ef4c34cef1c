# Run with -P after linking: writes LIST, a ctest file with one add_test for each Catch case of BINARY. In place of
# Catch2's own module, which reads the number of cases from an exit code (256 cases are none) and knows no tags. Hidden
# cases ([.…]) are called by others, with what they need: a filter that only excludes would list them, too.
set(label_unit "~[.]~[golden]~[sim]~[crash]")
set(label_golden "~[.][golden]")
set(label_sim "~[.][sim]")
set(label_crash "~[.][crash]")
set(timeout_unit 120)
set(timeout_golden 120)
set(timeout_sim 600)
set(timeout_crash 600)

file(REMOVE ${LIST})  # A failure below must not leave the cases of an older binary.
set(script "")
foreach(label unit golden sim crash)
  execute_process(COMMAND ${BINARY} ${label_${label}} --list-test-names-only
    OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT errors STREQUAL "")
    message(FATAL_ERROR "${BINARY} cannot list its cases: ${errors}")
  endif()
  string(REPLACE ";" "\\;" output "${output}")
  string(REPLACE "\n" ";" cases "${output}")
  foreach(case IN LISTS cases)
    if(case STREQUAL "")
      continue()
    endif()
    string(REGEX REPLACE "([][,\\])" "\\\\\\1" filter "${case}")
    set(name "${FOLDER}: ${case}")
    string(APPEND script "add_test([==[${name}]==] [==[${BINARY}]==] [==[${filter}]==] --warn NoTests)\n"
      "set_tests_properties([==[${name}]==] PROPERTIES LABELS ${label} TIMEOUT ${timeout_${label}})\n")
  endforeach()
endforeach()
if(script STREQUAL "")
  message(FATAL_ERROR "${BINARY} has no test cases")
endif()
file(WRITE ${LIST} "${script}")

# orrery_compile_together(TARGET SOURCE...): shared headers are read once a group of sources, not once a source, which
# makes a whole build three times as fast (docs/adr/0038). unity_groups.py says what may share a group.
option(ORRERY_UNITY "Compile sources in groups; OFF shows includes that a source forgot" ON)
if(ORRERY_UNITY)
  # GCC spares a file its unnamed namespaces only where that file itself is compiled.
  add_compile_options(-Wno-subobject-linkage)
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# Where code is made for all events or aggregates at once, that costs more than the headers do; the scenarios of jobs are
# written in a namespace that others of the folder must not see.
set(ORRERY_ALONE "^${CMAKE_SOURCE_DIR}/(events|actors/runtime|actors/history)/|/tests/actors/job_")

function(orrery_compile_together target)
  if(NOT ORRERY_UNITY)
    return()
  endif()
  set(sources ${ARGN})
  list(FILTER sources EXCLUDE REGEX ${ORRERY_ALONE})
  if(NOT sources)
    return()
  endif()
  execute_process(COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/cmake/unity_groups.py --root ${CMAKE_SOURCE_DIR}
    ${sources} OUTPUT_VARIABLE groups COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" groups "${groups}")
  foreach(line IN LISTS groups)
    string(REPLACE " " ";" line ${line})
    list(GET line 0 group)
    list(GET line 1 source)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# orrery_benches(): for every bench/*_bench.cpp the binary bench_NAME, and a ctest that runs it with --tiny, on tiny
# inputs, under the label bench-smoke. Each prints a hash of its result, so that nothing measured is optimised away.
function(orrery_benches)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*_bench.cpp)
  foreach(source IN LISTS sources)
    get_filename_component(file ${source} NAME_WE)
    string(REGEX REPLACE "_bench$" "" name ${file})
    add_executable(bench_${name} ${source})
    target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR})
    # Storage benches build before anything above them.
    if(name MATCHES "^log_")
      target_link_libraries(bench_${name} PRIVATE orrery::storage orrery::allocator)
    else()
      target_link_libraries(bench_${name} PRIVATE orrery::sim orrery::http benchmark::benchmark
        orrery::allocator)
    endif()
    add_test(NAME "bench: ${name}" COMMAND bench_${name} --tiny)
    set_tests_properties("bench: ${name}" PROPERTIES LABELS bench-smoke TIMEOUT 120)
  endforeach()
endfunction()

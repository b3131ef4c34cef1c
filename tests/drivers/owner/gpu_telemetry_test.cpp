#include "drivers/owner/gpu_telemetry.hpp"

#include <catch2/catch.hpp>

namespace orrery {
namespace {

TEST_CASE("telemetry is read from nvidia-smi's lines") {
  const auto gpus = telemetry_of_list("37, 10240, 24564, 61\n0, 12, 24564, [N/A]\r\n\nnonsense\n");
  REQUIRE(gpus.size() == 2);
  CHECK(gpus[0].utilization_percent == 37);
  CHECK(gpus[0].memory_used_mib == 10'240);
  CHECK(gpus[0].memory_total_mib == 24'564);
  CHECK(gpus[0].temperature_c == 61);
  CHECK(gpus[1].memory_used_mib == 12);
  CHECK(gpus[1].temperature_c == 0);
  CHECK(telemetry_of_list("").empty());
}

}  // namespace
}  // namespace orrery

#include "cli/machine_facts.hpp"

#include <catch2/catch.hpp>

namespace orrery {
namespace {

TEST_CASE("what a machine is stands in /proc/cpuinfo and os-release") {
  const auto* cpuinfo =
      "processor\t: 0\nmodel name\t: AMD EPYC 7763\ncpu MHz\t\t: 2450.03\n"
      "processor\t: 1\nmodel name\t: another\n";
  CHECK(cpuinfo_field(cpuinfo, "model name") == "AMD EPYC 7763");
  CHECK(cpuinfo_field(cpuinfo, "cpu MHz") == "2450.03");
  CHECK(cpuinfo_field(cpuinfo, "flags").empty());
  const auto* release =
      "PRETTY_NAME=\"Debian GNU/Linux 12\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n";
  CHECK(os_release_field(release, "NAME") == "Debian GNU/Linux");
  CHECK(os_release_field(release, "VERSION_ID") == "12");
}

TEST_CASE("a machine is described by all that a registration asks for") {
  const auto body = to_json(find_machine());
  for (const auto* field : {"gpu_info", "cpu_name", "cpu_core", "cpu_frequency", "total_memory",
                            "total_swap", "ram", "os_name", "os_version"})
    CHECK(body.contains(field));
  CHECK(body.at("cpu_core").to_number<int>() > 0);
}

}  // namespace
}  // namespace orrery

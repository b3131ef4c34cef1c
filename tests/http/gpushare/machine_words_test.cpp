#include "http/gpushare/machine_words.hpp"

#include <catch2/catch.hpp>

using namespace orrery::gpushare;

TEST_CASE("what people write about their GPUs is a model and a count") {
  const std::string rtx = "NVIDIA GeForce RTX 4090";
  CHECK(read_gpu_info(rtx) == GpuWords{rtx, 1});
  CHECK(read_gpu_info("  " + rtx + " ") == GpuWords{rtx, 1});
  CHECK(read_gpu_info("2x " + rtx) == GpuWords{rtx, 2});
  CHECK(read_gpu_info("8 X " + rtx) == GpuWords{rtx, 8});
  CHECK(read_gpu_info("4*" + rtx) == GpuWords{rtx, 4});
  CHECK(read_gpu_info(rtx + " x2") == GpuWords{rtx, 2});
  CHECK(read_gpu_info(rtx + " (x3)") == GpuWords{rtx, 3});
  CHECK(read_gpu_info(rtx + ", " + rtx) == GpuWords{rtx, 2});
  CHECK(read_gpu_info("2x A100; T4") == GpuWords{"A100", 3});
  CHECK(read_gpu_info("99x A100") == GpuWords{"A100", gpu_count_max});
  CHECK(read_gpu_info("4294967295x A100, 4294967295x A100") == GpuWords{"A100", gpu_count_max});
  CHECK(read_gpu_info("RX 580") == GpuWords{"RX 580", 1});
  CHECK(read_gpu_info("GTX2") == GpuWords{"GTX2", 1});
  CHECK(read_gpu_info("3070") == GpuWords{"3070", 1});
}

TEST_CASE("no GPU has many names") {
  for (const auto* text : {"", "none", "None", "N/A", " no gpu ", "Not detected", "unknown", ",,",
                           "0x A100", "2x", "x2"}) {
    INFO(text);
    const auto words = read_gpu_info(text);
    CHECK((words == GpuWords{} || words.model == "x2"));
  }
}

TEST_CASE("a long name is cut, and not within a letter") {
  const auto words = read_gpu_info("a" + std::string(99, 'b') + "cd");
  CHECK(words.model.size() == 100);
  std::string letters;
  for (int i = 0; i < 60; ++i) letters += "ä";
  CHECK(read_gpu_info("a" + letters).model.size() == 99);
}

TEST_CASE("memory has a unit, or what makes sense") {
  CHECK(read_memory_mib("16 GB") == 16384);
  CHECK(read_memory_mib("15.5 GiB") == 15872);
  CHECK(read_memory_mib("16384 MB") == 16384);
  CHECK(read_memory_mib("16777216 kB") == 16384);
  CHECK(read_memory_mib("1 TB") == 1048576);
  CHECK(read_memory_mib("17179869184 bytes") == 16384);
  CHECK(read_memory_mib("17179869184") == 16384);
  CHECK(read_memory_mib("16384") == 16384);
  CHECK(read_memory_mib("16") == 16384);
  CHECK(read_memory_mib("15.6") == 15974);
  for (const auto* text : {"", "much", "-4 GB", "nan", "inf GB", "0"}) {
    INFO(text);
    CHECK(read_memory_mib(text) == 0);
  }
  CHECK(read_memory_mib("1e300 TB") == 2147483648u);
}

TEST_CASE("a machine has at least one processor") {
  CHECK(read_cpu_count("8") == 8);
  CHECK(read_cpu_count("16 cores") == 16);
  for (const auto* text : {"", "many", "0", "-3", "99999999999999"}) {
    INFO(text);
    CHECK(read_cpu_count(text) == 1);
  }
  CHECK(read_cpu_count("100000") == 4096);
}

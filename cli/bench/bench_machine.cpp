#include "cli/bench/bench_machine.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench/bench_report.hpp"
#include "cli/machine_facts.hpp"
#include "storage/descriptor.hpp"

namespace orrery {
namespace {

std::string cpu_name() {
  std::ifstream in("/proc/cpuinfo");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto name = cpuinfo_field(text, "model name");
  return name.empty() ? "unknown" : name;
}

/// The file grows, as a write-ahead log does: its size is synced too.
double fdatasync_us(const std::filesystem::path& folder) {
  const auto path = folder / "sync";
  const Descriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return 0;
  const std::array<char, 4'096> block{};
  std::vector<double> times_us;
  for (int i = 0; i < 100; ++i) {
    const Stopwatch watch;
    if (::write(file.get(), block.data(), block.size()) < 0 || ::fdatasync(file.get()) != 0) break;
    times_us.push_back(watch.seconds() * 1e6);
  }
  std::filesystem::remove(path);
  return percentile(times_us, 0.5);
}

}  // namespace

BenchMachine find_bench_machine(const std::filesystem::path& folder) {
  BenchMachine machine;
  machine.cpu = cpu_name();
  machine.cores = std::thread::hardware_concurrency();
  struct sysinfo memory {};
  ::sysinfo(&memory);
  machine.memory_mib = std::uint64_t{memory.totalram} * memory.mem_unit >> 20;
  utsname system{};
  ::uname(&system);
  machine.kernel = system.release;
  machine.fdatasync_us = fdatasync_us(folder);
  ::getloadavg(&machine.load, 1);
  return machine;
}

}  // namespace orrery

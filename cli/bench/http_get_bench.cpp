// Reads: GET of one VM from a whole server in a process of its own, its token checked, by 64
// clients over kept connections. The clients run here, on one thread.
#include <stdexcept>

#include <fmt/format.h>

#include "cli/bench/bench.hpp"
#include "cli/bench/http_load.hpp"
#include "cli/bench/served_orrery.hpp"
#include "cli/bench/vm_requests.hpp"

namespace orrery {

std::vector<Measurement> bench_http_get(const BenchRun& run) {
  run.progress("starting the server", 0);
  const ServedOrrery server(run.folder, 24);
  const auto vm_id = create_vm(server);
  const auto request = server.head_of_request("GET", "/vms/" + vm_id) + "\r\n";
  run.progress("reading", 0.2);
  const auto load = load_server(
      {server.port(), run.scale(300'000u, 200u), 64, [&](std::uint64_t) { return request; }});
  if (load.refused_count > 0)
    throw std::runtime_error(fmt::format("{} reads were refused", load.refused_count));
  Measurement measured{"http-get", "requests/s", Better::more, load.requests_per_second};
  measured.figures = {{"p50_ms", load.p50_ms}, {"p99_ms", load.p99_ms}};
  return {measured};
}

}  // namespace orrery

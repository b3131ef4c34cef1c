// Writes: POST of a VM to a whole server in a process of its own, acknowledged durable, by 64
// clients over kept connections, while the whole life of each VM goes on behind it.
#include <stdexcept>

#include <fmt/format.h>

#include "cli/bench/bench.hpp"
#include "cli/bench/http_load.hpp"
#include "cli/bench/served_orrery.hpp"
#include "cli/bench/vm_requests.hpp"

namespace orrery {

std::vector<Measurement> bench_http_post(const BenchRun& run) {
  const auto count = run.scale(30'000u, 100u);
  run.progress("starting the server", 0);
  // Eight GPUs and more a node, of which create_vm_request uses four models in turn.
  const ServedOrrery server(run.folder, std::max(48u, count / 6));
  run.progress("writing", 0.4);
  const auto load = load_server(
      {server.port(), count, 64, [&](std::uint64_t i) { return create_vm_request(server, i); }});
  if (load.refused_count > 0)
    throw std::runtime_error(fmt::format("{} writes were refused", load.refused_count));
  Measurement measured{"http-post", "requests/s", Better::more, load.requests_per_second};
  measured.figures = {{"p50_ms", load.p50_ms}, {"p99_ms", load.p99_ms}};
  return {measured};
}

}  // namespace orrery

#include "projections/availability/stock.hpp"

#include <iterator>

// Of the stock: what will be free once everybody who came before is served.

namespace orrery {

/// Serves the demands as placement will, and those of any model as if all of them came here. The
/// first that has to wait ends it: nobody passes the head of the queue.
void Stock::foresee(const Pool& pool) const {
  if (pool.foreseen) return;
  pool.foreseen = true;
  pool.somebody_waits = false;
  pool.free_then = pool.free;
  static const decltype(pool.demands) nobody;
  const Pool* any_model = pool.gpu_model.empty() ? nullptr : find_pool(pool.cluster, "");
  const auto& others = any_model ? any_model->demands : nobody;
  auto own = pool.demands.begin();
  auto other = others.begin();
  while (own != pool.demands.end() || other != others.end()) {
    const bool is_own =
        other == others.end() || (own != pool.demands.end() && own->first < other->first);
    if (!serve(pool, is_own ? (own++)->second : (other++)->second)) return;
  }
}

std::vector<PoolFigures> Stock::pools() const {
  std::vector<PoolFigures> figures;
  for (const auto& [key, pool] : pools_) {
    const auto first_create = pool.demands.lower_bound({Stage::exists, 0});
    const auto waiting =
        static_cast<std::uint64_t>(std::distance(pool.demands.begin(), first_create));
    if (pool.gpu_count == 0 && waiting == 0) continue;
    foresee(pool);
    figures.push_back(
        {pool.cluster, pool.gpu_model, pool.gpu_count, pool.free_then.total(), waiting});
  }
  return figures;
}

bool Stock::serve(const Pool& pool, const Demand& demand) {
  if (demand.gpu_count == 0 || demand.gpu_count > pool.gpus_per_node) return true;
  if (!demand.is_stuck && pool.free_then.take(demand.gpu_count, pool.strategy)) return true;
  if (!demand.waits) return true;
  pool.somebody_waits = true;
  return false;
}

void Stock::changed(Pool& pool) {
  pool.foreseen = false;
  if (!pool.gpu_model.empty()) return;
  for (auto each =
           pools_.lower_bound(std::pair(std::string_view(pool.cluster), std::string_view()));
       each != pools_.end() && each->second.cluster == pool.cluster; ++each)
    each->second.foreseen = false;
}

}  // namespace orrery

#include "drivers/slurm/claim/signal_orders.hpp"

#include "drivers/runs/record_file.hpp"

namespace orrery {
namespace {

/// More than one that looks every few seconds is ever behind.
constexpr std::size_t told_max = 64;

std::filesystem::path signals_file(const RunDirectory& run) { return run.path() / "signals.json"; }

}  // namespace

SignalOrders read_signal_orders(const RunDirectory& run) {
  return read_record<SignalOrders>(signals_file(run)).value_or(SignalOrders{});
}

bool tell_signal(const RunDirectory& run, const SignalOrder& order) {
  auto orders = read_signal_orders(run);
  auto& told = orders.told;
  if (!told.empty() && told.back().number >= order.number) return false;
  if (told.size() == told_max) told.erase(told.begin());
  told.push_back(order);
  return write_record(signals_file(run), orders);
}

}  // namespace orrery

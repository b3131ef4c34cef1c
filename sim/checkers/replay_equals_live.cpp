#include "sim/checkers/replay_equals_live.hpp"

#include <set>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/gpu/gpu.hpp"
#include "actors/node/node.hpp"
#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "actors/processes/client_process.hpp"
#include "actors/processes/gpu_repair_process.hpp"
#include "actors/processes/inference_process.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/job_process.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/resource_process.hpp"
#include "actors/processes/service_process.hpp"
#include "actors/processes/shared_node_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "actors/runtime/aggregate_actor.hpp"
#include "actors/wallet/wallet.hpp"
#include "drivers/driver_duties.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

using Events = std::vector<RecordedEvent>;

/// True where there is no snapshot, or it is what the events up to it say.
template <class T>
bool tail_is_equal(const EventLog& log, const Events& events) {
  const auto snapshot = log.snapshot(std::string("tail/").append(T::name));
  if (!snapshot) return true;
  T tailer;
  for (const auto& recorded : events)
    if (recorded.position <= snapshot->position) tailer.apply(recorded);
  std::string bytes;
  tailer.save(bytes);
  return bytes == snapshot->bytes;
}

/// True for the stream of another aggregate, too.
template <class A>
bool aggregate_is_equal(const EventLog& log, const std::string& stream, const Events& events) {
  if (stream_aggregate(stream) != A::stream_prefix) return true;
  const auto snapshot = log.snapshot(snapshot_name<A>(stream_id(stream)));
  if (!snapshot) return true;
  typename A::State state;
  for (const auto& recorded : events) {
    if (recorded.stream != stream || recorded.version > snapshot->version) continue;
    std::visit(
        [&]<class E>(const E& fact) {
          if constexpr (boost::mp11::mp_contains<typename A::Event, E>::value)
            state = A::evolve(std::move(state), fact);
        },
        recorded.event);
  }
  std::string bytes;
  ByteWriter writer(bytes);
  writer(state);
  return bytes == snapshot->bytes;
}

}  // namespace

void ReplayEqualsLive::apply(const RecordedEvent& recorded) { events_.push_back(recorded); }

void ReplayEqualsLive::compare(const EventLog& log) {
  const auto expect = [&](bool equal, std::string_view what) {
    if (!equal) violated(0, std::string(what) + ": its snapshot is not what the log says");
  };
  expect(tail_is_equal<Placement>(log, events_), Placement::name);
  expect(tail_is_equal<VmProcess>(log, events_), VmProcess::name);
  expect(tail_is_equal<NodeProcess>(log, events_), NodeProcess::name);
  expect(tail_is_equal<ResourceProcess>(log, events_), ResourceProcess::name);
  expect(tail_is_equal<InstanceProcess>(log, events_), InstanceProcess::name);
  expect(tail_is_equal<BillingProcess>(log, events_), BillingProcess::name);
  expect(tail_is_equal<ServiceProcess>(log, events_), ServiceProcess::name);
  expect(tail_is_equal<ClientProcess>(log, events_), ClientProcess::name);
  expect(tail_is_equal<SharedNodeProcess>(log, events_), SharedNodeProcess::name);
  expect(tail_is_equal<InferenceProcess>(log, events_), InferenceProcess::name);
  expect(tail_is_equal<JobProcess>(log, events_), JobProcess::name);
  expect(tail_is_equal<BatchScheduler>(log, events_), BatchScheduler::name);
  expect(tail_is_equal<GpuRepairProcess>(log, events_), GpuRepairProcess::name);
  expect(tail_is_equal<DriverDuties>(log, events_), DriverDuties::name);

  std::set<std::string> streams;
  for (const auto& recorded : events_) streams.insert(recorded.stream);
  for (const auto& stream : streams) {
    expect(aggregate_is_equal<Node>(log, stream, events_), stream);
    expect(aggregate_is_equal<Gpu>(log, stream, events_), stream);
    expect(aggregate_is_equal<Wallet>(log, stream, events_), stream);
  }
}

}  // namespace orrery

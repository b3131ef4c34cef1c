#include "actors/runtime/command_gateway.hpp"

#include <stdexcept>
#include <type_traits>
#include <utility>

#include <boost/mp11/list.hpp>

#include "actors/runtime/command_message.hpp"
#include "storage/event_log_actor.hpp"

namespace orrery {
namespace {

/// A command with the one who waits for its outcome. Whatever happens to it, the reply is called
/// once: at the latest when the last copy dies, with a mailbox that nobody reads any more.
template <class A>
struct Submission {
  struct Waiting {
    Waiting(CommandGateway::Reply<A> to_call, std::shared_ptr<std::atomic<std::size_t>> count)
        : reply(std::move(to_call)), in_flight(std::move(count)) {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    void answer(const boost::system::result<Outcome<A>, Unavailable>& result) {
      if (std::exchange(answered, true)) return;
      in_flight->fetch_sub(1);
      try {
        reply(result);
      } catch (const std::exception&) {
        // The caller's own failure: it must not end the gateway, which serves everybody.
      }
    }
    ~Waiting() { answer(Unavailable{"the server is stopping"}); }

    CommandGateway::Reply<A> reply;
    std::shared_ptr<std::atomic<std::size_t>> in_flight;
    bool answered = false;
  };

  CommandMessage<A> command;
  caf::actor registry;
  std::shared_ptr<Waiting> waiting;
};

}  // namespace
}  // namespace orrery

namespace caf {
template <class A>
struct allowed_unsafe_message_type<orrery::Submission<A>> : std::true_type {};
}  // namespace caf

namespace orrery {
namespace {

std::string reason_of(const caf::error& failure) {
  if (const auto append_error = append_error_of(failure))
    return std::string(to_string(*append_error));
  return "the command was not decided";
}

template <class A>
auto submission_handler(caf::event_based_actor* self) {
  return [self](Submission<A>& submission) {
    auto waiting = std::move(submission.waiting);
    self->request(submission.registry, caf::infinite, std::move(submission.command))
        .then([waiting](const Outcome<A>& outcome) { waiting->answer(outcome); },
              [waiting](const caf::error& failure) {
                waiting->answer(Unavailable{reason_of(failure)});
              });
  };
}

template <class... A>
caf::behavior handlers(caf::event_based_actor* self, boost::mp11::mp_list<A...>) {
  return {submission_handler<A>(self)...};
}

caf::behavior gateway_actor(caf::event_based_actor* self) { return handlers(self, Aggregates{}); }

}  // namespace

CommandGateway::CommandGateway(caf::actor_system& system, CommandBus bus, std::size_t in_flight_max)
    : gateway_(system.spawn(gateway_actor)),
      bus_(std::move(bus)),
      in_flight_max_(in_flight_max),
      in_flight_(std::make_shared<std::atomic<std::size_t>>(0)) {}

template <class A>
void CommandGateway::submit(CommandMessage<A> command, Reply<A> reply) {
  if (in_flight_->fetch_add(1) >= in_flight_max_) {
    in_flight_->fetch_sub(1);
    reply(Unavailable{"too many commands are on their way"});
    return;
  }
  using Waiting = typename Submission<A>::Waiting;
  auto waiting = std::make_shared<Waiting>(std::move(reply), in_flight_);
  caf::anon_send(gateway_,
                 Submission<A>{std::move(command), bus_.registry<A>(), std::move(waiting)});
}

template void CommandGateway::submit(CommandMessage<Cluster>, Reply<Cluster>);
template void CommandGateway::submit(CommandMessage<Node>, Reply<Node>);
template void CommandGateway::submit(CommandMessage<Gpu>, Reply<Gpu>);
template void CommandGateway::submit(CommandMessage<Lease>, Reply<Lease>);
template void CommandGateway::submit(CommandMessage<Vm>, Reply<Vm>);
template void CommandGateway::submit(CommandMessage<Operation>, Reply<Operation>);
template void CommandGateway::submit(CommandMessage<Organization>, Reply<Organization>);
template void CommandGateway::submit(CommandMessage<Project>, Reply<Project>);
template void CommandGateway::submit(CommandMessage<Account>, Reply<Account>);
template void CommandGateway::submit(CommandMessage<Token>, Reply<Token>);
template void CommandGateway::submit(CommandMessage<Image>, Reply<Image>);
template void CommandGateway::submit(CommandMessage<Disk>, Reply<Disk>);
template void CommandGateway::submit(CommandMessage<Network>, Reply<Network>);
template void CommandGateway::submit(CommandMessage<FirewallRule>, Reply<FirewallRule>);
template void CommandGateway::submit(CommandMessage<Quota>, Reply<Quota>);
template void CommandGateway::submit(CommandMessage<Price>, Reply<Price>);
template void CommandGateway::submit(CommandMessage<Reservation>, Reply<Reservation>);
template void CommandGateway::submit(CommandMessage<AddressPool>, Reply<AddressPool>);
template void CommandGateway::submit(CommandMessage<Instance>, Reply<Instance>);
template void CommandGateway::submit(CommandMessage<Volume>, Reply<Volume>);
template void CommandGateway::submit(CommandMessage<Service>, Reply<Service>);
template void CommandGateway::submit(CommandMessage<ServiceGroup>, Reply<ServiceGroup>);
template void CommandGateway::submit(CommandMessage<Wallet>, Reply<Wallet>);
template void CommandGateway::submit(CommandMessage<Region>, Reply<Region>);
template void CommandGateway::submit(CommandMessage<Sku>, Reply<Sku>);
template void CommandGateway::submit(CommandMessage<ContainerImage>, Reply<ContainerImage>);
template void CommandGateway::submit(CommandMessage<Client>, Reply<Client>);
template void CommandGateway::submit(CommandMessage<Handle>, Reply<Handle>);
template void CommandGateway::submit(CommandMessage<GpuRecord>, Reply<GpuRecord>);
template void CommandGateway::submit(CommandMessage<SharedNode>, Reply<SharedNode>);
template void CommandGateway::submit(CommandMessage<Inference>, Reply<Inference>);
template void CommandGateway::submit(CommandMessage<Job>, Reply<Job>);
template void CommandGateway::submit(CommandMessage<JobArray>, Reply<JobArray>);
template void CommandGateway::submit(CommandMessage<BatchPolicyRecord>, Reply<BatchPolicyRecord>);
template void CommandGateway::submit(CommandMessage<CenterUser>, Reply<CenterUser>);
template void CommandGateway::submit(CommandMessage<CenterTeam>, Reply<CenterTeam>);
template void CommandGateway::submit(CommandMessage<Notice>, Reply<Notice>);
template void CommandGateway::submit(CommandMessage<Kitten>, Reply<Kitten>);
template void CommandGateway::submit(CommandMessage<Webhook>, Reply<Webhook>);
template void CommandGateway::submit(CommandMessage<SlurmRun>, Reply<SlurmRun>);
template void CommandGateway::submit(CommandMessage<SlurmCluster>, Reply<SlurmCluster>);
template void CommandGateway::submit(CommandMessage<SimulatedCluster>, Reply<SimulatedCluster>);

void throw_exception_from_error(const Unavailable& unavailable, const boost::source_location&) {
  throw std::logic_error(unavailable.reason);
}

}  // namespace orrery

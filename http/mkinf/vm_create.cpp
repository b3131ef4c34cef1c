#include <atomic>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "events/default_network.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/operation_json.hpp"
#include "http/mkinf/operation_start.hpp"
#include "http/mkinf/project_limits.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_checks.hpp"
#include "http/mkinf/vm_request.hpp"
#include "http/mkinf/vm_types.hpp"
#include "projections/disks/disk_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::mkinf {

namespace {

/// What a create draws besides its operation's id, in the order in which a retry draws it again.
struct DrawnIds {
  std::string vm_id;
  VmIdentity identity;
};

DrawnIds draw_ids(IdSource& ids) {
  constexpr std::size_t serial_letters = 19;  // As in the document's example.
  DrawnIds drawn;
  drawn.vm_id = ids.uuid();
  drawn.identity.os_disk_id = ids.uuid();
  drawn.identity.os_disk_serial = ids.upper_hex(10).substr(0, serial_letters);
  drawn.identity.interface_id = ids.uuid();
  drawn.identity.mac_address = ids.mac_address();
  drawn.identity.public_ip_id = ids.uuid();
  return drawn;
}

using Specified = boost::system::result<VmSpecification, Refusal>;

/// The words resolved and looked up: what `vm_count` VMs like this are made from. Their personal
/// part is not in it yet.
Specified specify(const MkinfContext& context, std::string_view project_id, const VmRequest& words,
                  std::uint32_t vm_count) {
  const auto* type = vm_type(words.type);
  auto subnet_id = subnet_of(context, project_id, words.location, words.interface,
                             default_network(project_id, words.location).subnet_id);
  if (!subnet_id) return subnet_id.error();
  if (auto refusal = refusal_of_disks(context, project_id, words.location, {}, words.disks))
    return *std::move(refusal);
  auto reservation_id = reservation_of(context, project_id, words, vm_count);
  if (!reservation_id) return reservation_id.error();
  const QuotaDemand demand{.gpus = std::uint64_t{type->gpu_count} * vm_count,
                           .gpu_model = std::string(type->gpu_model),
                           .vms = vm_count};
  if (auto refusal = refusal_of_limits(context, project_id, demand)) return *std::move(refusal);

  VmSpecification specification;
  specification.project_id = project_id;
  specification.name = words.name;
  specification.type = words.type;
  specification.location = words.location;
  specification.image = words.image;
  specification.cluster = context.catalogue->current()->cluster_at(words.location)->name;
  specification.gpu_model = type->gpu_model;
  specification.gpu_count = type->gpu_count;
  specification.subnet_id = *std::move(subnet_id);
  specification.public_address = words.interface.public_address.value_or(PublicAddress::dynamic);
  specification.disks = words.disks;
  specification.reservation_id = *std::move(reservation_id);
  specification.nested_virtualization = words.nested_virtualization;
  return specification;
}

/// The personal part, sealed for whoever asks.
boost::system::result<Sealed, Refusal> sealed_credentials(const MkinfContext& context,
                                                          const Principal& principal,
                                                          std::string_view project_id,
                                                          const VmRequest& words) {
  const auto subject = principal.account_id.empty() ? project_id : principal.account_id;
  auto sealed = context.subject_keys->seal(subject, credentials_text(words));
  if (!sealed) return unavailable();
  return *std::move(sealed);
}

boost::json::object shown_request(const VmSpecification& specification, const VmRequest& words) {
  auto shown = request_behind(specification);
  shown.ssh_public_key = words.ssh_public_key;
  shown.startup_script = words.startup_script;
  shown.shutdown_script = words.shutdown_script;
  return request_json(shown);
}

void create(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto words = read_vm_request(request.body, *context->catalogue->current());
  if (!words) return reply(bad_request(words.error().message));
  const auto project_id = request.path_parameters[0];
  auto specification = specify(*context, project_id, *words, 1);
  if (!specification) return reply(specification.error());
  auto credentials = sealed_credentials(*context, principal, project_id, *words);
  if (!credentials) return reply(credentials.error());
  auto shown = shown_request(*specification, *words);
  specification->credentials = *std::move(credentials);
  auto drawn = draw_ids(*starting.identity.ids);
  OperationStarted started{std::string(project_id), std::move(drawn.vm_id),
                           CreateVm{*std::move(specification), std::move(drawn.identity)}};
  start_operation(context, request, principal, std::move(starting), std::move(started),
                  std::move(shown), reply);
}

/// Many operations of one request on their way; the last answer that comes in answers the client.
struct Bulk {
  Context context;
  Reply reply;
  std::string project_id;
  std::vector<std::string> operation_ids;
  std::atomic<std::size_t> unanswered_count;
  std::atomic<bool> was_refused = false;
  std::atomic<bool> was_unavailable = false;

  Bulk(Context given, Reply given_reply, std::string_view project, std::size_t count)
      : context(std::move(given)),
        reply(std::move(given_reply)),
        project_id(project),
        unanswered_count(count) {}

  void take(const boost::system::result<Outcome<Operation>, Unavailable>& outcome) {
    if (!outcome) was_unavailable = true;
    if (outcome && outcome->rejection) was_refused = true;
    if (unanswered_count.fetch_sub(1) == 1) answer();
  }

  void answer() const {
    if (was_refused) return reply(idempotency_key_reused());
    if (was_unavailable) return reply(unavailable());
    boost::json::array operations;
    for (const auto& id : operation_ids) {
      const auto operation = context->operations->find(project_id, id);
      if (!operation) return reply(unavailable());
      operations.push_back(started_json(*context, *operation));
    }
    reply(ok(boost::json::object{{"operations", std::move(operations)}}));
  }
};

/// One of many creates.
struct DrawnCreate {
  std::string operation_id;
  DrawnIds ids;
};

std::vector<DrawnCreate> draw_creates(IdSource& ids, std::int64_t count) {
  std::vector<DrawnCreate> creates;
  for (std::int64_t i = 0; i < count; ++i) {
    auto operation_id = ids.uuid();
    creates.push_back({std::move(operation_id), draw_ids(ids)});
  }
  return creates;
}

CommandMessage<Operation> command_of(DrawnCreate create, std::string name,
                                     const VmSpecification& alike, const std::string& digest,
                                     Origin origin) {
  CreateVm goal{alike, std::move(create.ids.identity)};
  goal.specification.name = std::move(name);
  OperationStarted started{alike.project_id, std::move(create.ids.vm_id), std::move(goal), digest};
  return {
      std::move(create.operation_id), Operation::Start{std::move(started)}, std::move(origin), {}};
}

/// How many of the operations are not known yet: all of a new request, none of one that was
/// answered, some of one that a crash cut short. Nothing, and an answer, where any of them belongs
/// to another request with the same key.
std::optional<std::size_t> missing_count(const Context& context, std::string_view project_id,
                                         const std::string& digest,
                                         const std::vector<DrawnCreate>& creates,
                                         const Reply& reply) {
  if (digest.empty()) return creates.size();
  std::size_t count = 0;
  for (const auto& create : creates) {
    const auto known = context->operations->find(project_id, create.operation_id);
    if (known && known->request_digest != digest) {
      reply(idempotency_key_reused());
      return std::nullopt;
    }
    if (!known) ++count;
  }
  return count;
}

/// Many VMs can't all have a disk that is for one.
std::optional<Refusal> refusal_of_shared_disks(const MkinfContext& context,
                                               std::string_view project_id,
                                               const BulkRequest& bulk) {
  if (bulk.count == 1) return std::nullopt;
  for (const auto& [disk_id, mode] : bulk.vm.disks) {
    const auto disk = context.disks->find(project_id, disk_id);
    if (disk && disk->specification.type == DiskType::persistent_ssd && mode != DiskMode::read_only)
      return bad_request(
          fmt::format("Disk {} can't be attached to several VMs but read-only", disk_id));
  }
  return std::nullopt;
}

/// Each VM is an operation of its own, which succeeds or fails by itself.
void create_many(const Context& context, const Request& request, const Principal& principal,
                 RequestIdentity identity, const Reply& reply) {
  const auto bulk = read_bulk_request(request.body, *context->catalogue->current());
  if (!bulk) return reply(bad_request(bulk.error().message));
  const auto project_id = request.path_parameters[0];
  auto creates = draw_creates(*identity.ids, bulk->count);
  const auto missing = missing_count(context, project_id, identity.digest, creates, reply);
  if (!missing) return;
  const auto gathered = std::make_shared<Bulk>(context, reply, project_id, creates.size());
  for (const auto& create : creates) gathered->operation_ids.push_back(create.operation_id);
  if (*missing == 0) return gathered->answer();

  if (const auto refusal = refusal_of_shared_disks(*context, project_id, *bulk))
    return reply(*refusal);
  auto alike = specify(*context, project_id, bulk->vm, static_cast<std::uint32_t>(*missing));
  if (!alike) return reply(alike.error());
  auto credentials = sealed_credentials(*context, principal, project_id, bulk->vm);
  if (!credentials) return reply(credentials.error());
  alike->credentials = *std::move(credentials);

  const Origin origin{principal.actor, 0, request.request_id};
  for (std::size_t i = 0; i < creates.size(); ++i) {
    auto name = fmt::format("{}-{}", bulk->name_prefix, i + 1);
    context->gateway->submit<Operation>(
        command_of(std::move(creates[i]), std::move(name), *alike, identity.digest, origin),
        [gathered](const auto& outcome) { gathered->take(outcome); });
  }
}

}  // namespace

void add_vm_creation(Routes& routes) {
  const auto& vms = routes.surface().vms;
  routes.add_start(Method::post, vms, create);
  routes.add_starts(Method::post, fmt::format("{}/bulk-instances", vms), create_many);
}

}  // namespace orrery::mkinf

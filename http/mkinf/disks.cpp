#include <fmt/format.h>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/detail_answers.hpp"
#include "http/mkinf/disk_json.hpp"
#include "http/mkinf/disk_request.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/operation_start.hpp"
#include "http/mkinf/project_limits.hpp"
#include "http/mkinf/resources.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/disks/disk_view.hpp"

namespace orrery::mkinf {

namespace {

void create(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  constexpr std::size_t serial_letters = 19;  // As in the document's example.
  auto disk = read_disk_request(request.body, *context->catalogue->current());
  if (!disk) return reply(bad_request(disk.error().message));
  disk->project_id = request.path_parameters[0];
  QuotaDemand demand;
  demand.disks = 1;
  demand.disk_gib = disk->size_gib;
  if (const auto refusal = refusal_of_limits(*context, disk->project_id, demand))
    return reply(*refusal);
  auto& ids = *starting.identity.ids;
  auto disk_id = ids.uuid();
  auto serial_number = ids.upper_hex(10).substr(0, serial_letters);
  OperationStarted started{disk->project_id, std::move(disk_id),
                           CreateDisk{*std::move(disk), std::move(serial_number)}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

/// The disk that the path names; nothing, and an answer, where there is none, or none that can be
/// changed by itself.
std::optional<DiskDetails> disk_to_change(const Context& context, const Request& request,
                                          const Reply& reply) {
  auto disk = context->disks->find(request.path_parameters[0], request.path_parameters[1]);
  if (!disk) {
    reply(not_found("disk"));
    return std::nullopt;
  }
  if (disk->is_os_disk) {
    reply(conflict("An OS disk comes and goes with its VM and cannot be changed by itself"));
    return std::nullopt;
  }
  return disk;
}

void resize(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto size_gib = read_disk_size(request.body);
  if (!size_gib) return reply(bad_request(size_gib.error().message));
  const auto disk = disk_to_change(context, request, reply);
  if (!disk) return;
  const auto size_now = disk->specification.size_gib;
  if (*size_gib < size_now)
    return reply(bad_request(fmt::format(
        "size must not be less than the disk's {}, disks only grow", disk_size_text(size_now))));
  QuotaDemand demand;
  demand.disk_gib = *size_gib - size_now;
  if (const auto refusal = refusal_of_limits(*context, request.path_parameters[0], demand))
    return reply(*refusal);
  OperationStarted started{disk->specification.project_id, disk->id, ResizeDisk{*size_gib}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void remove(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto disk = disk_to_change(context, request, reply);
  if (!disk) return;
  if (!disk->users.empty())
    return reply(conflict(
        fmt::format("The disk is attached to VM {}, detach it first", disk->users.front().vm_id)));
  OperationStarted started{disk->specification.project_id, disk->id, DeleteDisk{}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto disk = context->disks->find(request.path_parameters[0], request.path_parameters[1]);
  if (!disk) return reply(not_found("disk"));
  reply(one_object(request, answer_of(*disk, render_disk)));
}

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const auto ids = filter_words(request, "ids");
  const auto names = filter_words(request, "names");
  const auto locations = filter_words(request, "locations");
  const auto exclude_os = request.query_parameter("exclude_os");
  if (!exclude_os.empty() && exclude_os != "true" && exclude_os != "false")
    return reply(bad_request("exclude_os must be true or false"));
  const auto filter = [&](const DiskDetails& disk) {
    return lets_through(ids, disk.id) && lets_through(names, disk.specification.name) &&
           lets_through(locations, disk.specification.location) &&
           !(disk.is_os_disk && exclude_os == "true");
  };
  const auto page = context->disks->list(request.path_parameters[0], query->page, filter);
  reply(ok(render_list(*context, *query, answers_of(page, render_disk))));
}

}  // namespace

void add_disks(Routes& routes) {
  const auto& disks = routes.surface().disks;
  const auto one = fmt::format("{}/{{disk_id}}", disks);
  routes.add_start(Method::post, disks, create);
  routes.add(Method::get, disks, list);
  routes.add(Method::get, one, get);
  routes.add_start(Method::patch, one, resize);
  routes.add_start(Method::delete_, one, remove);
}

}  // namespace orrery::mkinf

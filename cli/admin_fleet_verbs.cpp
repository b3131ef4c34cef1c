#include <utility>

#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {
namespace {

std::vector<AdminVerb> quotas() {
  return {
      {"quota",
       "show",
       "what a project may have, and has",
       "GET",
       "/projects/{project_id}/quota",
       {project},
       {}},
      {"quota",
       "set",
       "set all limits; what isn't named is unlimited",
       "PUT",
       "/projects/{project_id}/quota",
       {project, optional("gpus", "by model: A100-80GB=8,A40-48GB=4", Form::counts),
        optional("vms", "VMs", Form::count), optional("disks", "disks", Form::count),
        optional("disk_gib", "GiB of all disks", Form::count),
        optional("month_usd", "dollars in a month (UTC), such as 1000.00")},
       {}},
  };
}

std::vector<AdminVerb> prices() {
  return {
      {"price",
       "list",
       "prices in force",
       "GET",
       "/prices",
       {},
       {"metric", "product", "usd_per_hour", "since"}},
      {"price",
       "set",
       "set a price, from now on",
       "PUT",
       "/prices/{metric}/{product}",
       {in_path("metric", "gpu-hours or disk-gb-hours"),
        in_path("product", "family of VM types (l40s-48gb), or a disk type (persistent-ssd)"),
        required("usd_per_hour", "dollars for one GPU, or GB, and hour, such as 1.25")},
       {}},
  };
}

std::vector<AdminVerb> reservations() {
  return {
      {"reservation",
       "list",
       "reservations of an organization",
       "GET",
       "/organizations/{organization_id}/reservations",
       {organization},
       {"id", "vm_type", "location", "vm_count", "starts_at", "ends_at", "ended"}},
      {"reservation",
       "create",
       "declare one",
       "POST",
       "/organizations/{organization_id}/reservations",
       {organization, required("vm_type", "such as l40s-48gb.2x"), required("location", "location"),
        required("vm_count", "VMs that may use it at once", Form::count),
        required("starts_at", "such as 2026-01-01T00:00:00Z"), required("ends_at", "likewise"),
        optional("usd_per_gpu_hour", "what a GPU hour costs on top; nothing, if absent")},
       {}},
      {"reservation",
       "show",
       "one",
       "GET",
       "/organizations/{organization_id}/reservations/{reservation_id}",
       {organization, reservation},
       {}},
      {"reservation",
       "end",
       "let no VM join it any more",
       "POST",
       "/organizations/{organization_id}/reservations/{reservation_id}/end",
       {organization, reservation},
       {}},
  };
}

std::vector<AdminVerb> address_pools() {
  return {
      {"address-pool",
       "list",
       "pools of public addresses",
       "GET",
       "/address-pools",
       {},
       {"name", "location", "cidr"}},
      {"address-pool",
       "declare",
       "declare one, or let it grow",
       "PUT",
       "/address-pools/{pool}",
       {in_path("pool", "name of the pool"), required("location", "location"),
        required("cidr", "such as 203.0.113.0/24")},
       {}},
  };
}

std::vector<AdminVerb> clusters() {
  return {
      {"cluster",
       "list",
       "clusters",
       "GET",
       "/clusters",
       {},
       {"name", "location", "when_full", "strategy", "gpu_models"}},
      {"cluster",
       "declare",
       "declare one, or change its policy",
       "PUT",
       "/clusters/{cluster}",
       {in_path("cluster", "name of the cluster"),
        optional("location", "what customers of VMs call it; no VMs there, if absent"),
        optional("when_full", "refuse (as if absent) or queue"),
        optional("strategy", "pack (as if absent) or spread")},
       {}},
  };
}

std::vector<AdminVerb> nodes() {
  return {
      {"node",
       "list",
       "nodes by id",
       "GET",
       "/nodes",
       {in_query("cluster", "of this cluster alone")},
       {"id", "cluster", "gpu_model", "gpu_count", "cpu_count", "memory_mib", "driver", "ready",
        "cordoned", "cordons", "reason"}},
      {"node",
       "register",
       "register one",
       "POST",
       "/nodes",
       {{"id", "id of the node", Place::body_word, true, Form::text},
        required("cluster", "name of its cluster"),
        optional("gpu_model", "such as L40S-48GB; none, if absent"),
        optional("gpu_count", "1 to 16 with a model", Form::count),
        optional("cpu_count", "not counted, if absent; needed without GPUs", Form::count),
        optional("memory_mib", "not counted, if absent", Form::count)},
       {}},
      {"node", "show", "one", "GET", "/nodes/{node_id}", {node}, {}},
      {"node",
       "cordon",
       "give it no new work",
       "POST",
       "/nodes/{node_id}/cordon",
       {node, optional("reason", "for those who come later")},
       {}},
      {"node",
       "uncordon",
       "give it work again, where an operator took it away",
       "POST",
       "/nodes/{node_id}/uncordon",
       {node, optional("all", "whoever took it away, such as gpu-repair", Form::flag)},
       {}},
  };
}

std::vector<AdminVerb> slurm() {
  return {
      {"slurm",
       "list",
       "the Slurms that work is sent to, with their nodes",
       "GET",
       "/slurm",
       {},
       {"name", "version", "booted_at"}},
      {"slurm",
       "runs",
       "what was sent there",
       "GET",
       "/slurm/runs",
       {in_query("state", "requested, submitted, placed, claimed, lost or ended")},
       {"run", "state", "attempt", "node_id", "slurm_job_id", "host"}},
      {"slurm",
       "run",
       "one of these",
       "GET",
       "/slurm/runs/{run}",
       {in_path("run", "id of the run")},
       {}},
  };
}

std::vector<AdminVerb> images() {
  const auto image = std::vector<AdminArgument>{
      name, optional("description", "what it is"), optional("tags", "tags", Form::list),
      optional("locations", "locations that list it", Form::list)};
  auto replaced_image = image;
  replaced_image.insert(replaced_image.begin(), in_path("image_id", "id of the image"));
  return {
      {"image", "list", "images", "GET", "/images", {}, {"id", "name", "description", "locations"}},
      {"image", "publish", "publish one", "POST", "/images", image, {}},
      {"image", "replace", "say anew what it is", "PUT", "/images/{image_id}", replaced_image, {}},
  };
}

}  // namespace

std::vector<AdminVerb> of_fleet() {
  std::vector<AdminVerb> all;
  for (auto* part :
       {&quotas, &prices, &reservations, &address_pools, &clusters, &nodes, &slurm, &images})
    for (auto& verb : part()) all.push_back(std::move(verb));
  return all;
}

}  // namespace orrery::admin_arguments

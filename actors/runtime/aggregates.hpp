#pragma once

#include <boost/mp11/list.hpp>

#include "actors/account/account.hpp"
#include "actors/address_pool/address_pool.hpp"
#include "actors/batch_policy/batch_policy.hpp"
#include "actors/center_team/center_team.hpp"
#include "actors/center_user/center_user.hpp"
#include "actors/client/client.hpp"
#include "actors/cluster/cluster.hpp"
#include "actors/container_image/container_image.hpp"
#include "actors/disk/disk.hpp"
#include "actors/firewall_rule/firewall_rule.hpp"
#include "actors/gpu/gpu.hpp"
#include "actors/gpu_record/gpu_record.hpp"
#include "actors/handle/handle.hpp"
#include "actors/image/image.hpp"
#include "actors/inference/inference.hpp"
#include "actors/instance/instance.hpp"
#include "actors/job/job.hpp"
#include "actors/job_array/job_array.hpp"
#include "actors/kitten/kitten.hpp"
#include "actors/lease/lease.hpp"
#include "actors/network/network.hpp"
#include "actors/node/node.hpp"
#include "actors/notice/notice.hpp"
#include "actors/operation/operation.hpp"
#include "actors/organization/organization.hpp"
#include "actors/price/price.hpp"
#include "actors/project/project.hpp"
#include "actors/quota/quota.hpp"
#include "actors/region/region.hpp"
#include "actors/reservation/reservation.hpp"
#include "actors/service/service.hpp"
#include "actors/service_group/service_group.hpp"
#include "actors/shared_node/shared_node.hpp"
#include "actors/simulated_cluster/simulated_cluster.hpp"
#include "actors/sku/sku.hpp"
#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "actors/slurm_run/slurm_run.hpp"
#include "actors/token/token.hpp"
#include "actors/vm/vm.hpp"
#include "actors/volume/volume.hpp"
#include "actors/wallet/wallet.hpp"
#include "actors/webhook/webhook.hpp"

namespace orrery {

/// Every aggregate that the runtime hosts. Each has a registry of its own.
using Aggregates =
    boost::mp11::mp_list<Cluster, Node, Gpu, Lease, Vm, Operation, Organization, Project, Account,
                         Token, Image, Disk, Network, FirewallRule, Quota, Price, Reservation,
                         AddressPool, Instance, Volume, Wallet, Region, Sku, ContainerImage,
                         Service, ServiceGroup, Client, Handle, GpuRecord, SharedNode, Inference,
                         Job, JobArray, BatchPolicyRecord, CenterUser, CenterTeam, Notice, Kitten,
                         Webhook, SimulatedCluster, SlurmRun, SlurmCluster>;

}  // namespace orrery

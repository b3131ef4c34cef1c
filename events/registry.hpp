#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "events/address_pool_events.hpp"
#include "events/batch_policy_events.hpp"
#include "events/billing_events.hpp"
#include "events/center_events.hpp"
#include "events/client_events.hpp"
#include "events/cluster_events.hpp"
#include "events/compiled_variant.hpp"
#include "events/disk_events.hpp"
#include "events/firewall_rule_events.hpp"
#include "events/gpu_events.hpp"
#include "events/image_events.hpp"
#include "events/inference_events.hpp"
#include "events/instance_events.hpp"
#include "events/job_events.hpp"
#include "events/kitten_events.hpp"
#include "events/lease_events.hpp"
#include "events/log_events.hpp"
#include "events/network_events.hpp"
#include "events/node_events.hpp"
#include "events/offer_events.hpp"
#include "events/operation_events.hpp"
#include "events/service_events.hpp"
#include "events/sharing_events.hpp"
#include "events/simulation_events.hpp"
#include "events/slurm_events.hpp"
#include "events/tenancy_events.hpp"
#include "events/token_events.hpp"
#include "events/vm_events.hpp"
#include "events/volume_events.hpp"
#include "events/wallet_events.hpp"
#include "events/webhook_events.hpp"

namespace orrery {

/// A string usable as a template argument.
template <std::size_t N>
struct EventName {
  char text[N];
  constexpr EventName(const char (&literal)[N]) {
    std::copy_n(literal, N, text);
  }  // NOLINT: implicit by design.
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// One line of the registry: the type that stands for `name` in version `version`, stored under
/// `tag`.
template <class E, std::uint16_t Tag, std::uint16_t EventVersion, EventName Name>
struct RegisteredEvent {
  using Type = E;
  static constexpr std::uint16_t tag = Tag;
  static constexpr std::uint16_t version = EventVersion;
  static constexpr std::string_view name = Name.view();
};

template <class... Entries>
struct EventRegistry {
  static constexpr std::size_t size = sizeof...(Entries);
  static constexpr std::array<std::uint16_t, size> tags{Entries::tag...};
  static constexpr std::array<std::uint16_t, size> versions{Entries::version...};
  static constexpr std::array<std::string_view, size> names{Entries::name...};
  using Variant = std::variant<typename Entries::Type...>;

  static constexpr bool unique(auto values) {
    std::sort(values.begin(), values.end());
    return std::adjacent_find(values.begin(), values.end()) == values.end();
  }
  static_assert(unique(tags), "two events share a tag");
  static_assert(unique(names), "two events share a name");
};

/// Every event of the system, in its current version. A stored tag is for ever: add lines, never
/// change or reuse one. A new version of an event keeps its tag, counts its version up, and gets an
/// upcaster in `events/upcast/`. The index of a type in `Event` is its line here.
using Events = EventRegistry<
    RegisteredEvent<ClusterDeclared, 0x0101, 1, "cluster.declared">,
    RegisteredEvent<NodeRegistered, 0x0201, 3, "node.registered">,
    RegisteredEvent<NodeBecameReady, 0x0202, 1, "node.became_ready">,
    RegisteredEvent<NodeLost, 0x0203, 1, "node.lost">,
    RegisteredEvent<NodeCordoned, 0x0204, 2, "node.cordoned">,
    RegisteredEvent<NodeUncordoned, 0x0205, 1, "node.uncordoned">,
    RegisteredEvent<GpuRegistered, 0x0301, 1, "gpu.registered">,
    RegisteredEvent<GpuClaimed, 0x0302, 1, "gpu.claimed">,
    RegisteredEvent<GpuReleased, 0x0303, 1, "gpu.released">,
    RegisteredEvent<GpuFaulted, 0x0304, 1, "gpu.faulted">,
    RegisteredEvent<GpuRepaired, 0x0305, 1, "gpu.repaired">,
    RegisteredEvent<LeaseRequested, 0x0401, 3, "lease.requested">,
    RegisteredEvent<LeaseQueued, 0x0402, 1, "lease.queued">,
    RegisteredEvent<LeaseGranted, 0x0403, 1, "lease.granted">,
    RegisteredEvent<LeaseRefused, 0x0404, 1, "lease.refused">,
    RegisteredEvent<LeaseReleased, 0x0405, 1, "lease.released">,
    RegisteredEvent<LeaseExpired, 0x0406, 1, "lease.expired">,
    RegisteredEvent<VmRequested, 0x0501, 2, "vm.requested">,
    RegisteredEvent<VmPlaced, 0x0502, 2, "vm.placed">,
    RegisteredEvent<VmStarted, 0x0503, 1, "vm.started">,
    RegisteredEvent<VmDeletionRequested, 0x0504, 1, "vm.deletion_requested">,
    RegisteredEvent<VmFailed, 0x0505, 1, "vm.failed">,
    RegisteredEvent<VmDeleted, 0x0506, 1, "vm.deleted">,
    RegisteredEvent<VmStopRequested, 0x0507, 1, "vm.stop_requested">,
    RegisteredEvent<VmStopped, 0x0508, 1, "vm.stopped">,
    RegisteredEvent<VmStartRequested, 0x0509, 1, "vm.start_requested">,
    RegisteredEvent<VmStartFailed, 0x050A, 1, "vm.start_failed">,
    RegisteredEvent<VmResetRequested, 0x050B, 1, "vm.reset_requested">,
    RegisteredEvent<VmReset, 0x050C, 1, "vm.reset">,
    RegisteredEvent<VmResized, 0x050D, 1, "vm.resized">,
    RegisteredEvent<VmNetworkChanged, 0x050E, 1, "vm.network_changed">,
    RegisteredEvent<VmReserved, 0x050F, 1, "vm.reserved">,
    RegisteredEvent<VmUnreserved, 0x0510, 1, "vm.unreserved">,
    RegisteredEvent<OperationStarted, 0x0601, 2, "operation.started">,
    RegisteredEvent<OperationSucceeded, 0x0602, 1, "operation.succeeded">,
    RegisteredEvent<OperationFailed, 0x0603, 1, "operation.failed">,
    RegisteredEvent<OrganizationCreated, 0x0701, 1, "organization.created">,
    RegisteredEvent<ProjectCreated, 0x0702, 1, "project.created">,
    RegisteredEvent<OrganizationRenamed, 0x0703, 1, "organization.renamed">,
    RegisteredEvent<ProjectRenamed, 0x0704, 1, "project.renamed">,
    RegisteredEvent<AccountRegistered, 0x0801, 1, "account.registered">,
    RegisteredEvent<AccountJoinedOrganization, 0x0802, 1, "account.joined_organization">,
    RegisteredEvent<AccountPasswordChanged, 0x0803, 1, "account.password_changed">,
    RegisteredEvent<AccountDisabled, 0x0804, 1, "account.disabled">,
    RegisteredEvent<AccountEnabled, 0x0805, 1, "account.enabled">,
    RegisteredEvent<AccountLeftOrganization, 0x0806, 1, "account.left_organization">,
    RegisteredEvent<AccessKeyIssued, 0x0901, 1, "token.access_key_issued">,
    RegisteredEvent<SessionOpened, 0x0902, 1, "token.session_opened">,
    RegisteredEvent<SessionRefreshed, 0x0903, 1, "token.session_refreshed">,
    RegisteredEvent<TokenRevoked, 0x0904, 1, "token.revoked">,
    RegisteredEvent<ImagePublished, 0x0A01, 1, "image.published">,
    RegisteredEvent<LogLossAccepted, 0x0B01, 1, "log.loss_accepted">,
    RegisteredEvent<DiskCreated, 0x0C01, 1, "disk.created">,
    RegisteredEvent<DiskResized, 0x0C02, 1, "disk.resized">,
    RegisteredEvent<DiskAttached, 0x0C03, 1, "disk.attached">,
    RegisteredEvent<DiskDetached, 0x0C04, 1, "disk.detached">,
    RegisteredEvent<DiskDeleted, 0x0C05, 1, "disk.deleted">,
    RegisteredEvent<NetworkCreated, 0x0D01, 1, "network.created">,
    RegisteredEvent<NetworkRenamed, 0x0D02, 1, "network.renamed">,
    RegisteredEvent<SubnetAdded, 0x0D03, 1, "network.subnet_added">,
    RegisteredEvent<SubnetRenamed, 0x0D04, 1, "network.subnet_renamed">,
    RegisteredEvent<SubnetRemoved, 0x0D05, 1, "network.subnet_removed">,
    RegisteredEvent<NetworkDeleted, 0x0D06, 1, "network.deleted">,
    RegisteredEvent<FirewallRuleCreated, 0x0E01, 1, "firewall_rule.created">,
    RegisteredEvent<FirewallRuleChanged, 0x0E02, 1, "firewall_rule.changed">,
    RegisteredEvent<FirewallRuleDeleted, 0x0E03, 1, "firewall_rule.deleted">,
    RegisteredEvent<AddressPoolDeclared, 0x0F01, 1, "address_pool.declared">,
    RegisteredEvent<QuotaSet, 0x1001, 1, "quota.set">,
    RegisteredEvent<PriceChanged, 0x1101, 1, "price.changed">,
    RegisteredEvent<ReservationDeclared, 0x1201, 1, "reservation.declared">,
    RegisteredEvent<ReservationTaken, 0x1202, 1, "reservation.taken">,
    RegisteredEvent<ReservationGivenBack, 0x1203, 1, "reservation.given_back">,
    RegisteredEvent<ReservationEnded, 0x1204, 1, "reservation.ended">,
    RegisteredEvent<AccessKeyRegenerated, 0x0905, 1, "token.access_key_regenerated">,
    RegisteredEvent<InstanceRequested, 0x1301, 1, "instance.requested">,
    RegisteredEvent<InstancePlaced, 0x1302, 1, "instance.placed">,
    RegisteredEvent<InstanceStarted, 0x1303, 1, "instance.started">,
    RegisteredEvent<InstanceStopRequested, 0x1304, 1, "instance.stop_requested">,
    RegisteredEvent<InstanceSnapshotTaken, 0x1305, 1, "instance.snapshot_taken">,
    RegisteredEvent<InstanceStopped, 0x1306, 1, "instance.stopped">,
    RegisteredEvent<InstanceStartRequested, 0x1307, 1, "instance.start_requested">,
    RegisteredEvent<InstanceInterrupted, 0x1308, 1, "instance.interrupted">,
    RegisteredEvent<InstanceFailed, 0x1309, 1, "instance.failed">,
    RegisteredEvent<InstanceDeletionRequested, 0x130A, 1, "instance.deletion_requested">,
    RegisteredEvent<InstanceDeleted, 0x130B, 1, "instance.deleted">,
    RegisteredEvent<VolumeCreated, 0x1401, 1, "volume.created">,
    RegisteredEvent<VolumeMounted, 0x1402, 1, "volume.mounted">,
    RegisteredEvent<VolumeUnmounted, 0x1403, 1, "volume.unmounted">,
    RegisteredEvent<VolumeDeleted, 0x1404, 1, "volume.deleted">,
    RegisteredEvent<WalletOpened, 0x1501, 1, "wallet.opened">,
    RegisteredEvent<WalletToppedUp, 0x1502, 1, "wallet.topped_up">,
    RegisteredEvent<CouponGranted, 0x1503, 1, "wallet.coupon_granted">,
    RegisteredEvent<OrderPlaced, 0x1504, 1, "wallet.order_placed">,
    RegisteredEvent<OrderRenewed, 0x1505, 1, "wallet.order_renewed">,
    RegisteredEvent<OrderRefunded, 0x1506, 1, "wallet.order_refunded">,
    RegisteredEvent<OrderClosed, 0x1507, 1, "wallet.order_closed">,
    RegisteredEvent<UsageCharged, 0x1508, 1, "wallet.usage_charged">,
    RegisteredEvent<StorageCharged, 0x1509, 1, "wallet.storage_charged">,
    RegisteredEvent<RegionDeclared, 0x1601, 1, "region.declared">,
    RegisteredEvent<RegionWithdrawn, 0x1602, 1, "region.withdrawn">,
    RegisteredEvent<SkuDeclared, 0x1701, 1, "sku.declared">,
    RegisteredEvent<SkuWithdrawn, 0x1702, 1, "sku.withdrawn">,
    RegisteredEvent<ContainerImagePublished, 0x1801, 1, "container_image.published">,
    RegisteredEvent<ContainerImageSaved, 0x1802, 1, "container_image.saved">,
    RegisteredEvent<ContainerImageWithdrawn, 0x1803, 1, "container_image.withdrawn">,
    RegisteredEvent<ServiceRequested, 0x1901, 1, "service.requested">,
    RegisteredEvent<ServicePlaced, 0x1902, 1, "service.placed">,
    RegisteredEvent<ServiceBuildBegan, 0x1903, 1, "service.build_began">,
    RegisteredEvent<ServiceLaunched, 0x1904, 1, "service.launched">,
    RegisteredEvent<ServiceBecameReady, 0x1905, 1, "service.became_ready">,
    RegisteredEvent<ServiceStopRequested, 0x1906, 1, "service.stop_requested">,
    RegisteredEvent<ServiceEnded, 0x1907, 1, "service.ended">,
    RegisteredEvent<ServiceGroupRequested, 0x1A01, 1, "service_group.requested">,
    RegisteredEvent<ServiceGroupCancelled, 0x1A02, 1, "service_group.cancelled">,
    RegisteredEvent<ClientRegistered, 0x1B01, 1, "client.registered">,
    RegisteredEvent<ClientNamesRequested, 0x1B02, 1, "client.names_requested">,
    RegisteredEvent<ClientNamesGranted, 0x1B03, 1, "client.names_granted">,
    RegisteredEvent<ClientNamesRefused, 0x1B04, 1, "client.names_refused">,
    RegisteredEvent<ClientDetailsChanged, 0x1B05, 1, "client.details_changed">,
    RegisteredEvent<ClientPasswordChanged, 0x1B06, 1, "client.password_changed">,
    RegisteredEvent<ClientEmailVerified, 0x1B07, 1, "client.email_verified">,
    RegisteredEvent<ClientSignedIn, 0x1B08, 1, "client.signed_in">,
    RegisteredEvent<ClientSignedOut, 0x1B09, 1, "client.signed_out">,
    RegisteredEvent<ClientRoleChanged, 0x1B0A, 1, "client.role_changed">,
    RegisteredEvent<ClientBecameProvider, 0x1B0B, 1, "client.became_provider">,
    RegisteredEvent<ClientProviderApproved, 0x1B0C, 1, "client.provider_approved">,
    RegisteredEvent<ClientProviderSuspended, 0x1B0D, 1, "client.provider_suspended">,
    RegisteredEvent<ClientErased, 0x1B0E, 1, "client.erased">,
    RegisteredEvent<HandleClaimed, 0x1C01, 1, "handle.claimed">,
    RegisteredEvent<HandleReleased, 0x1C02, 1, "handle.released">,
    RegisteredEvent<GpuRecordCreated, 0x1D01, 1, "gpu_record.created">,
    RegisteredEvent<GpuRecordChanged, 0x1D02, 1, "gpu_record.changed">,
    RegisteredEvent<GpuRecordDeleted, 0x1D03, 1, "gpu_record.deleted">,
    RegisteredEvent<SharedNodeRegistered, 0x1E01, 1, "shared_node.registered">,
    RegisteredEvent<SharedNodeWithdrawn, 0x1E02, 1, "shared_node.withdrawn">,
    RegisteredEvent<InferenceAsked, 0x1F01, 1, "inference.asked">,
    RegisteredEvent<InferenceDispatched, 0x1F02, 1, "inference.dispatched">,
    RegisteredEvent<InferenceAnswered, 0x1F03, 1, "inference.answered">,
    RegisteredEvent<InferenceFailed, 0x1F04, 1, "inference.failed">,
    RegisteredEvent<InferenceChanged, 0x1F05, 1, "inference.changed">,
    RegisteredEvent<InferenceDeleted, 0x1F06, 1, "inference.deleted">,
    RegisteredEvent<JobSubmitted, 0x2001, 1, "job.submitted">,
    RegisteredEvent<JobHeld, 0x2002, 1, "job.held">,
    RegisteredEvent<JobReleased, 0x2003, 1, "job.released">,
    RegisteredEvent<JobChanged, 0x2004, 1, "job.changed">,
    RegisteredEvent<JobScheduled, 0x2005, 1, "job.scheduled">,
    RegisteredEvent<JobAllocated, 0x2006, 1, "job.allocated">,
    RegisteredEvent<JobUnscheduled, 0x2007, 1, "job.unscheduled">,
    RegisteredEvent<JobStarted, 0x2008, 1, "job.started">,
    RegisteredEvent<JobUtilisationChanged, 0x2009, 1, "job.utilisation_changed">,
    RegisteredEvent<JobWarned, 0x200A, 1, "job.warned">,
    RegisteredEvent<JobStopRequested, 0x200B, 1, "job.stop_requested">,
    RegisteredEvent<JobSignalled, 0x200C, 1, "job.signalled">,
    RegisteredEvent<JobExited, 0x200D, 1, "job.exited">,
    RegisteredEvent<JobRequeued, 0x200E, 1, "job.requeued">,
    RegisteredEvent<JobEnded, 0x200F, 1, "job.ended">,
    RegisteredEvent<JobMailNoted, 0x2010, 1, "job.mail_noted">,
    RegisteredEvent<JobArraySubmitted, 0x2101, 1, "job_array.submitted">,
    RegisteredEvent<JobArrayCancelled, 0x2102, 1, "job_array.cancelled">,
    RegisteredEvent<BatchPolicySet, 0x2201, 1, "batch_policy.set">,
    RegisteredEvent<CenterUserApplied, 0x2301, 1, "center_user.applied">,
    RegisteredEvent<CenterUserApproved, 0x2302, 1, "center_user.approved">,
    RegisteredEvent<CenterUserDeclined, 0x2303, 1, "center_user.declined">,
    RegisteredEvent<CenterUserGrantChanged, 0x2304, 1, "center_user.grant_changed">,
    RegisteredEvent<CenterUserSuspended, 0x2305, 1, "center_user.suspended">,
    RegisteredEvent<CenterUserReinstated, 0x2306, 1, "center_user.reinstated">,
    RegisteredEvent<CenterUserTokensRevoked, 0x2307, 1, "center_user.tokens_revoked">,
    RegisteredEvent<CenterUserErased, 0x2308, 1, "center_user.erased">,
    RegisteredEvent<CenterTeamSet, 0x2401, 1, "center_team.set">,
    RegisteredEvent<CenterTeamDissolved, 0x2402, 1, "center_team.dissolved">,
    RegisteredEvent<NoticePosted, 0x2501, 1, "notice.posted">,
    RegisteredEvent<NoticeWithdrawn, 0x2502, 1, "notice.withdrawn">,
    RegisteredEvent<KittenArrived, 0x2601, 1, "kitten.arrived">,
    RegisteredEvent<KittenRemoved, 0x2602, 1, "kitten.removed">,
    RegisteredEvent<NodeCordonLifted, 0x0206, 1, "node.cordon_lifted">,
    RegisteredEvent<GpuRepairStarted, 0x0306, 1, "gpu.repair_started">,
    RegisteredEvent<GpuVerificationStarted, 0x0307, 1, "gpu.verification_started">,
    RegisteredEvent<GpuVerificationFailed, 0x0308, 1, "gpu.verification_failed">,
    RegisteredEvent<LogForked, 0x0B02, 1, "log.forked">,
    RegisteredEvent<WebhookRegistered, 0x2701, 1, "webhook.registered">,
    RegisteredEvent<WebhookSecretRotated, 0x2702, 1, "webhook.secret_rotated">,
    RegisteredEvent<WebhookPaused, 0x2703, 1, "webhook.paused">,
    RegisteredEvent<WebhookResumed, 0x2704, 1, "webhook.resumed">,
    RegisteredEvent<WebhookDeadLettered, 0x2705, 1, "webhook.dead_lettered">,
    RegisteredEvent<WebhookDeadLetterResolved, 0x2706, 1, "webhook.dead_letter_resolved">,
    RegisteredEvent<WebhookDeleted, 0x2707, 1, "webhook.deleted">,
    RegisteredEvent<SimulatedClusterRequested, 0x2801, 1, "simulated_cluster.requested">,
    RegisteredEvent<SimulatedClusterCompleted, 0x2802, 1, "simulated_cluster.completed">,
    RegisteredEvent<SimulatedFaultsSet, 0x2803, 1, "simulated_cluster.faults_set">,
    RegisteredEvent<SlurmSubmitRequested, 0x2901, 1, "slurm_run.submit_requested">,
    RegisteredEvent<SlurmSubmitted, 0x2902, 1, "slurm_run.submitted">,
    RegisteredEvent<SlurmAttemptPlaced, 0x2903, 1, "slurm_run.attempt_placed">,
    RegisteredEvent<SlurmAttemptClaimed, 0x2904, 1, "slurm_run.attempt_claimed">,
    RegisteredEvent<SlurmAttemptLost, 0x2905, 1, "slurm_run.attempt_lost">,
    RegisteredEvent<SlurmRunWithdrawn, 0x2906, 1, "slurm_run.withdrawn">,
    RegisteredEvent<SlurmRunEnded, 0x2907, 1, "slurm_run.ended">,
    RegisteredEvent<SlurmControllerSeen, 0x2A01, 1, "slurm_cluster.controller_seen">,
    RegisteredEvent<SlurmNodeSeen, 0x2A02, 1, "slurm_cluster.node_seen">,
    RegisteredEvent<SlurmNodeRemoved, 0x2A03, 1, "slurm_cluster.node_removed">,
    RegisteredEvent<SlurmForeignUseSeen, 0x2A04, 1, "slurm_cluster.foreign_use_seen">>;

/// Any event of the system (event.cpp).
using Event = CompiledVariant<Events::Variant>;
extern template class CompiledVariant<Events::Variant>;
bool operator==(const Event& left, const Event& right);

inline std::uint16_t tag_of(const Event& event) { return Events::tags[event.index()]; }
inline std::uint16_t version_of(const Event& event) { return Events::versions[event.index()]; }
inline std::string_view name_of(const Event& event) { return Events::names[event.index()]; }

}  // namespace orrery

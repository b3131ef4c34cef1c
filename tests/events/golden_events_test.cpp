#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "events/codec.hpp"
#include "events/event_json.hpp"

/// A stored byte is for ever: for each version of each event, its bytes and what they mean stand in
/// a file of tests/golden/events/. UPDATE_GOLDEN=1 adds files that are missing. It never changes
/// one: an event whose shape changed needs a new version and an upcaster.

using namespace orrery;
namespace fs = std::filesystem;

namespace {

const VmSpecification specification{"project-1",
                                    "trainer",
                                    "l40s-48gb.2x",
                                    "us-east1-a",
                                    "ubuntu22.04",
                                    "us-east1-a",
                                    "L40S-48GB",
                                    2,
                                    Sealed{"account-1", std::string("\x01\xff\x00\x80", 4)},
                                    "subnet-1",
                                    PublicAddress::fixed,
                                    {{"disk-9", DiskMode::read_only}},
                                    "reservation-1",
                                    true};
const VmIdentity identity{"disk-1", "serial-1", "interface-1", "02:00:00:00:00:01", "address-1"};
const std::string digest(32, '\xd1');
const DiskSpecification disk{"project-1", "data", DiskType::shared_volume, 100, "us-east1-a", 4096};
const FirewallMatch match{"ssh",       {"tcp", "udp"}, {{"0.0.0.0/0", ""}},
                          {"1-65535"}, {{"", "vm-1"}}, {"22", "8000-9000"}};
const FirewallRuleCreated rule{"project-1", "network-1", TrafficDirection::egress,
                               FirewallAction::deny, match};
const VmResized shape{"l40s-48gb.4x", "L40S-48GB", 4};

const InstanceSpecification instance{"namespace-1",
                                     "host-cluster",
                                     "trainer",
                                     "images.neolink-ai.com/matrixdc/pytorch:2.3.0",
                                     "66",
                                     "4090",
                                     "nvidia.com/gpu-4090",
                                     1,
                                     16,
                                     96,
                                     30,
                                     {{"volume-1", "/root/data", 50, true}},
                                     "uid-1",
                                     WhenFull::queue};
const SnapshotWish snapshot{"image-1", "images.neolink-ai.com/namespace-1/mine:v1"};
const Discount discount{"10000", 4800, 1'700'000'000, 1'800'000'000};
const OrderTerms terms{SellingType::daily, 1000, discount};

const Sealed sealed{"client-17", std::string("\x00\xfe nonce, ciphertext, tag", 25)};
const ClientNames names{sealed, sealed, "username-digest", "email-digest"};
const ClientDetails details{sealed, 32'767, true, sealed};
const MachineFacts machine{"NVIDIA GeForce RTX 4090",
                           "AMD Ryzen 9",
                           "16",
                           "4.5 GHz",
                           "64 GB",
                           "8 GB",
                           "64 GB",
                           "Ubuntu",
                           "22.04"};

const ServiceSpecification service{
    "vllm",
    "inference/vllm",
    "0.2.0",
    "vllm-17",
    "ai-factory",
    ServiceResources{2, 32'768, 1, "A100-40GB", 15},
    ServiceLaunch{{"python3", "-m", "vllm", "--port", "${PORT}"},
                  "vllm.sif",
                  {{"VLLM_MODEL", "gpt2"}, {"VLLM_PORT", "8001"}},
                  {8001},
                  "/health",
                  500,
                  900,
                  10,
                  {{"Application startup complete", ServiceStage::running}}},
    R"({"environment":{"VLLM_MODEL":"gpt2"},"nodes":1})"};

const Sealed secret{"center-kim", std::string("\x00\xfe nonce, ciphertext, tag", 25)};
const JobResources resources{2, "a100", 4, 8, 2, 8, 65'536, true};
const JobNodeWishes wishes{{"a100-n1"}, {"a100-n2"}, {"nvlink"}};
const JobMail mail{job_mail_type::begin | job_mail_type::end, secret};
const JobSpecification job{"aicenter",
                           "kim",
                           "vision",
                           {"p1", "p2"},
                           "normal",
                           "train",
                           "first try",
                           resources,
                           wishes,
                           10'080,
                           60,
                           -5,
                           1'700'000'000,
                           {{JobDependencyKind::after_ok, 17}, {JobDependencyKind::singleton, 0}},
                           true,
                           false,
                           true,
                           true,
                           mail,
                           JobSignal{10, 300, true},
                           JobScript{secret, secret, secret, secret, secret, secret, secret},
                           JobRehearsal{3'600, 3, {{0, 90}, {600, 0}}}};
const JobChange job_change{"vision", std::vector<std::string>{"p1"},
                           "high",   "train",
                           "again",  resources,
                           wishes,   60,
                           -5,       4'294'967'295,
                           0,        std::vector<JobDependency>{{JobDependencyKind::after, 17}},
                           true,     mail};

const BatchPolicy policy{
    {{"a100-n1", {"a100", "nvlink"}}},
    {{"p1", {"a100-n1"}, {"A"}, 10'080, 60, 2, 500, true, false}},
    {{"high", "First.", 1'000, {"normal"}, PreemptMode::requeue, 600, 10, 8, 1'440, 2'000}},
    "normal",
    {{"A", "Participating professors.", "p1"}},
    {{"a100", 20, 40'960, 3}},
    BatchLimits{100, 50, 16, 1, 4, 10'080, 1'001, 200'000, 4'096, {"inha.edu"}},
    BatchWeights{1'000, 10'000, 100, 1'000, 10'000, 10'080, true, 10'080, 1, 1'000, 2},
    BatchBackfill{true, 100, 20'160},
    BatchIdleRule{true, 5, 720, 60, 0, 420, 540},
    {{"repair", {"a100-n1"}, 1'700'000'000, 1'700'003'600, {"kim"}, {"vision"}}},
    30,
    300,
    120};

const CenterPerson person{secret, secret, secret, secret};
const CenterLimits center_limits{100, 50, 8, 4, 10'080, 2, 107'374'182'400};
const CenterGrant grant{"A", "vision", center_limits, CenterRole::administrator};

/// One example of every event, with a value in each member.
const std::vector<Event> examples{
    ClusterDeclared{"us-east1-a", WhenFull::queue, PlacementStrategy::spread},
    NodeRegistered{"us-east1-a", "A100-80GB", 8, 128, 1'048'576, NodeDriver::local_process},
    NodeBecameReady{},
    NodeLost{"no heartbeat"},
    NodeCordoned{"maintenance"},
    NodeUncordoned{},
    GpuRegistered{"node-7", 3, "A100-80GB"},
    GpuClaimed{"vm-1.1", 42},
    GpuReleased{"vm-1.1"},
    GpuFaulted{"XID 79"},
    GpuRepaired{},
    LeaseRequested{"vm/vm-1", "us-east1-a", "A100-80GB", 2, WhenFull::queue, 16, 65'536,
                   LeaseGang{"sg-17", 8, 1}, "node-7"},
    LeaseQueued{},
    LeaseGranted{"node-7", {0, 3}, 42},
    LeaseRefused{"out_of_stock"},
    LeaseReleased{},
    LeaseExpired{"node lost"},
    VmRequested{specification, identity},
    VmPlaced{"vm-1.1", "node-7", {0, 3}, 42, "10.0.0.1", "203.0.113.1"},
    VmStarted{"10.0.0.1", "203.0.113.1"},
    VmDeletionRequested{},
    VmFailed{"out_of_stock", "no GPUs"},
    VmDeleted{},
    VmStopRequested{},
    VmStopped{},
    VmStartRequested{},
    VmStartFailed{"out_of_stock", "no GPUs"},
    VmResetRequested{3},
    VmReset{},
    shape,
    VmNetworkChanged{"subnet-2", PublicAddress::fixed, "10.0.1.1", "203.0.113.2"},
    VmReserved{"reservation-1"},
    VmUnreserved{},
    OperationStarted{"project-1", "vm-1", CreateVm{specification, identity}, digest},
    OperationStarted{"project-1", "vm-1", DeleteVm{}},
    OperationStarted{"project-1", "vm-1", PowerOnVm{}},
    OperationStarted{"project-1", "vm-1", PowerOffVm{}},
    OperationStarted{"project-1", "vm-1", ResetVm{}},
    OperationStarted{"project-1", "vm-1", ResizeVm{shape.type, shape.gpu_model, shape.gpu_count}},
    OperationStarted{"project-1", "vm-1", ChangeVmNetwork{"subnet-2", PublicAddress::none}},
    OperationStarted{"project-1", "vm-1", ReserveVm{"reservation-1"}},
    OperationStarted{"project-1", "vm-1", UnreserveVm{}},
    OperationStarted{"project-1", "vm-1", AttachDisks{{{"disk-9", DiskMode::read_only}}}},
    OperationStarted{"project-1", "vm-1", DetachDisks{{"disk-9"}}},
    OperationStarted{"project-1", "disk-9", CreateDisk{disk, "serial-9"}},
    OperationStarted{"project-1", "disk-9", ResizeDisk{200}},
    OperationStarted{"project-1", "disk-9", DeleteDisk{}},
    OperationStarted{"project-1", "network-1", RenameNetwork{"lab"}},
    OperationStarted{"project-1", "network-1", DeleteNetwork{}},
    OperationStarted{"project-1", "subnet-1", RenameSubnet{"network-1", "lab"}},
    OperationStarted{"project-1", "subnet-1", DeleteSubnet{"network-1"}},
    OperationStarted{"project-1", "rule-1", CreateFirewallRule{rule}},
    OperationStarted{"project-1", "rule-1", ChangeFirewallRule{match}},
    OperationStarted{"project-1", "rule-1", DeleteFirewallRule{}},
    OperationSucceeded{},
    OperationFailed{"out_of_stock", "no GPUs"},
    OrganizationCreated{"Example", "cus_1"},
    ProjectCreated{"organization-1", "default"},
    OrganizationRenamed{"Example Ltd"},
    ProjectRenamed{"research"},
    AccountRegistered{Sealed{"account-1", "box"}, "$argon2id$v=19$…"},
    AccountJoinedOrganization{"organization-1", MemberRole::admin},
    AccountPasswordChanged{"$argon2id$v=19$…"},
    AccountDisabled{},
    AccountEnabled{},
    AccountLeftOrganization{"organization-1"},
    AccessKeyIssued{digest, KeyScope::operator_, "organization-1", "laptop", 1'700'000'000'000'000},
    SessionOpened{"account-1", digest, digest, 1'700'000'000'000'000, 1'800'000'000'000'000},
    SessionRefreshed{digest, digest, 1'700'000'000'000'000, 1'800'000'000'000'000},
    TokenRevoked{"refresh token used twice"},
    ImagePublished{"ubuntu22.04", "Ubuntu 22.04", {"lts", "cuda"}, {"us-east1-a"}},
    LogLossAccepted{70, 69, "disk replaced"},
    DiskCreated{disk, "serial-9"},
    DiskResized{200},
    DiskAttached{"vm-1", DiskMode::read_only},
    DiskDetached{"vm-1"},
    DiskDeleted{},
    NetworkCreated{"project-1", "default", "172.27.0.0/16"},
    NetworkRenamed{"lab"},
    SubnetAdded{"subnet-1", "default", "172.27.16.0/20", "us-east1-a"},
    SubnetRenamed{"subnet-1", "lab"},
    SubnetRemoved{"subnet-1"},
    NetworkDeleted{},
    rule,
    FirewallRuleChanged{match},
    FirewallRuleDeleted{},
    AddressPoolDeclared{"us-east1-a", "203.0.113.0/24"},
    QuotaSet{{{{"A100-80GB", 8}}, 10, 20, 4096, 1'000'000'000}},
    PriceChanged{UsageMetric::disk_gb_hours, "persistent-ssd", 130},
    ReservationDeclared{"organization-1", "l40s-48gb.2x", "us-east1-a", 4, 1'700'000'000'000'000,
                        1'800'000'000'000'000, 500'000},
    ReservationTaken{"vm-1"},
    ReservationGivenBack{"vm-1"},
    ReservationEnded{},
    AccessKeyRegenerated{digest, 1'700'000'000'000'000},
    InstanceRequested{"order-1", instance},
    InstancePlaced{"instance-1.1", "node-7", {0, 3}, 42},
    InstanceStarted{"172.31.0.7", 30099},
    InstanceStopRequested{InstanceEndReason::arrears, 10, snapshot},
    InstanceSnapshotTaken{snapshot, 30'000'000'000},
    InstanceStopped{},
    InstanceStartRequested{},
    InstanceInterrupted{"node_lost", "Its node is lost."},
    InstanceFailed{"out_of_stock", "no GPUs"},
    InstanceDeletionRequested{InstanceEndReason::retention},
    InstanceDeleted{},
    VolumeCreated{"namespace-1", "host-cluster", 50},
    VolumeMounted{"instance-1"},
    VolumeUnmounted{"instance-1"},
    VolumeDeleted{},
    WalletOpened{"account-1"},
    WalletToppedUp{"payment-1", 10'000},
    CouponGranted{"coupon-1", 5'000, 1'800'000'000},
    OrderPlaced{"order-1", "instance-1", instance, terms, 3, 1'440, "coupon-1", "3D", "1", digest},
    OrderRenewed{"order-1", "order-2", "instance-1", terms, 3, 1'440, digest},
    OrderRefunded{"order-1", 1'440, "out_of_stock"},
    OrderClosed{"order-1"},
    UsageCharged{"order-1", 1'700'000'000, 1'700'003'600, 250, 50, "coupon-1", {7, 8}},
    StorageCharged{StoredThing::images, 19'675, 42, 12, 2, "coupon-1", {9}},
    RegionDeclared{"北京一区", "host-cluster", "images.neolink-ai.com", "howler-1",
                   "gw.neolink-ai.com", "gws.neolink-ai.com"},
    RegionWithdrawn{},
    SkuDeclared{"region-1", "H20", "x86-64", "Intel Xeon", "Intel", 24, 192, "H20", "H20",
                "nvidia.com/gpu-h20", "H20", 1, 96, 30, 50, SellingType::monthly, 1'000, discount},
    SkuWithdrawn{},
    ContainerImagePublished{"images.neolink-ai.com/matrixdc/pytorch:2.3.0"},
    ContainerImageSaved{"namespace-1", snapshot.image, "instance-1", 30'000'000'000},
    ContainerImageWithdrawn{},
    ServiceRequested{service, ServiceReplica{"sg-17", 3, 1, 4}, "request-1", digest},
    ServicePlaced{"service-17", "node-7", {0, 3}, 42},
    ServiceBuildBegan{},
    ServiceLaunched{"127.0.0.1", 20'001},
    ServiceBecameReady{},
    ServiceStopRequested{ServiceStopReason::time_limit},
    ServiceEnded{ServiceOutcome::failed, "killed", "Its process was ended by signal 9.", 1, 9,
                 false},
    ServiceGroupRequested{service, {"17", "18", "19", "20"}, 2, 2, "request-1", digest},
    ServiceGroupCancelled{},
    ClientRegistered{names, details, sealed, "$argon2id$v=19$…", ClientRole::admin, "request-1",
                     digest},
    ClientNamesRequested{names},
    ClientNamesGranted{},
    ClientNamesRefused{ClientNameKind::email},
    ClientDetailsChanged{details},
    ClientPasswordChanged{"$argon2id$v=19$…"},
    ClientEmailVerified{},
    ClientSignedIn{"device-1", digest},
    ClientSignedOut{"device-1"},
    ClientRoleChanged{ClientRole::gpu_provider},
    ClientBecameProvider{},
    ClientProviderApproved{},
    ClientProviderSuspended{},
    ClientErased{},
    HandleClaimed{"17"},
    HandleReleased{"17"},
    GpuRecordCreated{"17", machine, "request-1", digest},
    GpuRecordChanged{"18", machine},
    GpuRecordDeleted{},
    SharedNodeRegistered{"17", "4", "tiny", "stories15M", NodeReach::endpoint, sealed, digest,
                         "RTX-4090", 2, 16, 65'536, 8, "request-1", digest},
    SharedNodeWithdrawn{"silent"},
    InferenceAsked{"17", sealed, "tiny", "request-1", digest},
    InferenceDispatched{"9"},
    InferenceAnswered{sealed, {1'500'000, 42}},
    InferenceFailed{"node_failed", "The node went away.", sealed, {700, 3}},
    InferenceChanged{"18", sealed, "tiny"},
    InferenceDeleted{},
    JobSubmitted{job, JobArrayTask{1'000, 7, 2}, JobHold::user, "request-1", digest},
    JobHeld{JobHold::admin},
    JobReleased{},
    JobChanged{job_change},
    JobScheduled{2, "p1", {"a100-n1", "a100-n2"}, 60, true},
    JobAllocated{{{"a100-n1", {0, 3}}, {"a100-n2", {1}}}, 42},
    JobUnscheduled{"node lost"},
    JobStarted{},
    JobUtilisationChanged{95},
    JobWarned{JobWarning::idle},
    JobStopRequested{JobStopReason::preempted, 10, "kim", true},
    JobSignalled{10, true},
    JobExited{1, 9, false, "Its script could not be started."},
    JobRequeued{JobStopReason::node_failed, 1'700'000'000, JobHold::admin},
    JobEnded{JobOutcome::timeout, "TimeLimit"},
    JobMailNoted{job_mail_type::time_limit_90},
    JobArraySubmitted{job, {1, 3, 5}, 2, JobHold::user, "request-1", digest},
    JobArrayCancelled{"kim"},
    BatchPolicySet{policy},
    CenterUserApplied{person, "B", "vision", "request-1", digest},
    CenterUserApproved{grant, 10'001},
    CenterUserDeclined{"Not on campus."},
    CenterUserGrantChanged{grant},
    CenterUserSuspended{"Computed on a login node.", 1'700'000'000},
    CenterUserReinstated{},
    CenterUserTokensRevoked{1'700'000'000},
    CenterUserErased{},
    CenterTeamSet{"Vision laboratory", "Inha University", "root", center_limits},
    CenterTeamDissolved{},
    NoticePosted{"Maintenance", "No jobs on Monday.", NoticeLevel::maintenance, "admin"},
    NoticeWithdrawn{},
    KittenArrived{"Max", "unknown", 5, 10},
    KittenRemoved{},
};

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const auto byte : bytes)
    fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

std::string golden_text(const Event& event) {
  std::string payload;
  encode(event, payload);
  return fmt::format("tag {:#06x}\nversion {}\nbytes{}{}\njson {}\n", tag_of(event),
                     version_of(event), payload.empty() ? "" : " ", to_hex(payload),
                     boost::json::serialize(payload_json(event)));
}

/// "operation.started.v1.delete_vm.txt"
fs::path golden_path(const Event& event) {
  std::string alternative;
  if (std::holds_alternative<OperationStarted>(event))
    alternative.append(".").append(payload_json(event).at("goal").as_object().begin()->key());
  return fs::path(ORRERY_GOLDEN_DIR) / "events" /
         fmt::format("{}.v{}{}.txt", name_of(event), version_of(event), alternative);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the bytes of every event are as they were", "[golden]") {
  const char* update = std::getenv("UPDATE_GOLDEN");
  const bool may_add = update && std::string(update) == "1";
  for (const auto& event : examples) {
    const auto path = golden_path(event);
    if (may_add && !fs::exists(path)) {
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << golden_text(event);
    }
    INFO(path << ": a new event's file is added with UPDATE_GOLDEN=1; an existing one stays");
    CHECK(text_of(path) == golden_text(event));
  }
}

TEST_CASE("every event of the registry has an example here", "[golden]") {
  for (std::size_t i = 0; i < Events::size; ++i) {
    INFO(Events::names[i]);
    CHECK(std::any_of(examples.begin(), examples.end(),
                      [&](const Event& event) { return event.index() == i; }));
  }
}

TEST_CASE("every golden file still decodes, whatever its version", "[golden]") {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(ORRERY_GOLDEN_DIR) / "events")) {
    std::istringstream text(text_of(entry.path()));
    std::string word, tag, version, bytes;
    text >> word >> tag >> word >> version >> word;
    std::getline(text, bytes);  // " 0a0b…", or nothing.
    if (!bytes.empty()) bytes.erase(0, 1);
    INFO(entry.path());
    const auto decoded = decode(static_cast<std::uint16_t>(std::stoi(tag, nullptr, 16)),
                                static_cast<std::uint16_t>(std::stoi(version)), from_hex(bytes));
    CHECK(decoded.has_value());
    ++count;
  }
  CHECK(count >= static_cast<int>(examples.size()));
}

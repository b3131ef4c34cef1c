#include "drivers/slurm/inventory/slurm_partitions.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

using Names = std::vector<std::string>;

SlurmPartition gpu_partition() {
  SlurmPartition partition;
  partition.name = "gpu";
  partition.state = "UP";
  return partition;
}

std::string why_closed(const SlurmPartition& partition, const SlurmUser& user) {
  SlurmPartitions partitions("gpu", user);
  partitions.see({partition});
  return partitions.why_closed(Names{"gpu"});
}

}  // namespace

TEST_CASE("a partition is closed to users of other groups, but not to root") {
  auto partition = gpu_partition();
  partition.groups = {"chem", "physics"};
  CHECK(why_closed(partition, {false, Names{"math"}, ""}) ==
        "its partition gpu isn't for a group of our user's");
  CHECK(why_closed(partition, {false, Names{"math", "physics"}, ""}).empty());
  CHECK(why_closed(partition, {true, Names{"root"}, ""}).empty());
  CHECK(why_closed(partition, {false, {}, ""}).empty());  // Nobody knows.
}

TEST_CASE("a partition is closed to accounts that it doesn't name, or denies") {
  auto partition = gpu_partition();
  partition.accounts = {"physics"};
  CHECK(why_closed(partition, {false, {}, "chem"}) ==
        "its partition gpu isn't for the account chem");
  CHECK(why_closed(partition, {false, {}, "physics"}).empty());
  CHECK(why_closed(partition, {false, {}, ""}).empty());
  partition.accounts.clear();
  partition.accounts_denied = {"chem"};
  CHECK_FALSE(why_closed(partition, {false, {}, "chem"}).empty());
  CHECK(why_closed(partition, {false, {}, "physics"}).empty());
}

TEST_CASE("a partition may be root's alone, or anybody's but root's, or for reservations") {
  auto partition = gpu_partition();
  partition.is_for_root_only = true;
  CHECK_FALSE(why_closed(partition, {}).empty());
  CHECK(why_closed(partition, {true, {}, ""}).empty());
  partition = gpu_partition();
  partition.is_closed_to_root = true;
  CHECK(why_closed(partition, {}).empty());
  CHECK_FALSE(why_closed(partition, {true, {}, ""}).empty());
  partition = gpu_partition();
  partition.needs_reservation = true;
  CHECK_FALSE(why_closed(partition, {}).empty());
}

TEST_CASE("before Slurm has said what there is, a node's partitions are thought to be open") {
  const SlurmPartitions any("", {});
  CHECK(any.why_closed(Names{"gpu"}).empty());
  CHECK(any.time_limit_min_max("gpu") == 0);
  const std::vector<Names> of_nodes{{"gpu", "long"}, {"long"}};
  CHECK(any.choose(of_nodes) == "long");
  CHECK_FALSE(any.choose({}));
  CHECK(SlurmPartitions("mine", {}).choose({}) == "mine");
}

TEST_CASE("where all that have the nodes are closed, the first is asked all the same") {
  SlurmPartitions partitions("", {});
  auto closed = gpu_partition();
  closed.state = "DOWN";
  partitions.see({closed});
  const std::vector<Names> of_nodes{{"gpu"}};
  CHECK(partitions.choose(of_nodes) == "gpu");
}

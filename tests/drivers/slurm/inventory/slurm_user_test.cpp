#include "drivers/slurm/inventory/slurm_user.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("the user is whoever runs this, with all groups") {
  SlurmConfiguration configuration;
  configuration.account = "physics";
  const auto user = slurm_user(configuration);
  CHECK(user.is_root == (::geteuid() == 0));
  CHECK(user.account == "physics");
  if (user.groups) CHECK_FALSE(user.groups->empty());
}

TEST_CASE("by slurmrestd the user is who signs in there") {
  SlurmConfiguration configuration;
  configuration.access.uses_rest = true;
  configuration.access.rest_user = "root";
  CHECK(slurm_user(configuration).is_root);
  configuration.access.rest_user = "nobody-of-this-name";
  const auto unknown = slurm_user(configuration);
  CHECK_FALSE(unknown.is_root);
  CHECK_FALSE(unknown.groups);
}

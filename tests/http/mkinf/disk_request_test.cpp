#include <catch2/catch.hpp>

#include "http/mkinf/disk_request.hpp"

using namespace orrery;
using namespace orrery::mkinf;

namespace {

Catalogue catalogue() {
  Catalogue catalogue;
  catalogue.clusters.push_back({"east", {"us-east1-a", {}, {}}, {}});
  return catalogue;
}

std::string problem(std::string_view body) {
  const auto disk = read_disk_request(body, catalogue());
  return disk ? "" : disk.error().message;
}

/// A create with this field besides, or instead of, the good ones.
std::string problem_with(const std::string& field) {
  return problem(R"({"name":"data","size":"1GiB","location":"us-east1-a",)" + field + "}");
}

}  // namespace

TEST_CASE("a disk's create needs a name, a size and a location; the rest has defaults") {
  const auto disk =
      read_disk_request(R"({"name":"data","size":"2TiB","location":"us-east1-a"})", catalogue());
  REQUIRE(disk.has_value());
  CHECK(*disk == DiskSpecification{"", "data", DiskType::persistent_ssd, 2048, "us-east1-a", 4096});
  const auto shared = read_disk_request(R"({"name":"data","size":"10GiB","location":"us-east1-a",
      "type":"shared-volume","block_size":512})",
                                        catalogue());
  REQUIRE(shared.has_value());
  CHECK(*shared == DiskSpecification{"", "data", DiskType::shared_volume, 10, "us-east1-a", 512});
}

TEST_CASE("what is wrong with a disk's create is named") {
  CHECK(problem("{}") == "name is required");
  CHECK(problem(R"({"name":"a\u0007","size":"1GiB"})") == "name must not have control characters");
  CHECK(problem(R"({"name":"a"})") == "size is required");
  CHECK(problem(R"({"name":"a","size":"1GiB"})") == "location is required");
  CHECK(problem(R"({"name":"a","size":"1GiB","location":"mars"})") ==
        "location \"mars\" is unknown, see locations");
  CHECK(problem_with(R"("type":"tape")") == "type must be \"persistent-ssd\" or \"shared-volume\"");
  CHECK(problem_with(R"("type":1)") == "type must be a string");
  CHECK(problem_with(R"("block_size":1024)") == "block_size must be 512 or 4096");
  CHECK(problem_with(R"("block_size":"512")") ==
        "block_size must be a whole number from 512 to 4096");
  CHECK(problem_with(R"("snapshot_id":"x")") ==
        "snapshot_id is not supported: there are no snapshots");
}

TEST_CASE("sizes are whole GiB or TiB, up to a PiB") {
  CHECK(parse_disk_size("1GiB") == 1);
  CHECK(parse_disk_size("128GiB") == 128);
  CHECK(parse_disk_size("3TiB") == 3072);
  CHECK(parse_disk_size("1024TiB") == disk_size_gib_max);
  for (const auto text :
       {"", "GiB", "0GiB", "-1GiB", "1.5TiB", "1 GiB", "1GB", "1gib", "1", "+1GiB", "1025TiB",
        "1048577GiB", "99999999999999999999GiB", "18014398509481985TiB"})
    CHECK_FALSE(parse_disk_size(text));
  CHECK(disk_size_text(2048) == "2048GiB");
}

TEST_CASE("a disk's PATCH changes the size and nothing else") {
  const auto changed = [](std::string_view body) {
    const auto size = read_disk_size(body);
    return size ? std::to_string(*size) : size.error().message;
  };
  CHECK(changed(R"({"size":"2TiB"})") == "2048");
  CHECK(changed(R"({})") == "size is required");
  CHECK(changed(R"({"size":"big"})") ==
        "size must be from \"1GiB\" to \"1024TiB\", as in \"100GiB\" or \"2TiB\"");
  CHECK(changed(R"({"size":"2GiB","name":"b"})") == "name cannot be changed, only size can");
}

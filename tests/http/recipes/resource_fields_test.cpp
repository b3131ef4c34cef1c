#include "http/recipes/resource_fields.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

using namespace orrery;

namespace {

constexpr std::string_view memory_amounts[] = {"32G",   "4Gi",   "512", "512M",
                                               "1024k", "1 GiB", "64T", "1gb"};

}  // namespace

TEST_CASE("amounts of memory are read with the units of Slurm and of Kubernetes") {
  CHECK(parse_memory_mib("32G") == 32 * 1024);
  CHECK(parse_memory_mib("4Gi") == 4 * 1024);
  CHECK(parse_memory_mib("512") == 512);
  CHECK(parse_memory_mib("512MB") == 512);
  CHECK(parse_memory_mib("1 GiB") == 1024);
  CHECK(parse_memory_mib("1gb") == 1024);
  CHECK(parse_memory_mib("64T") == 64u << 20);
  CHECK(parse_memory_mib("0") == 0);
}

TEST_CASE("a part of a MiB is a whole one") {
  CHECK(parse_memory_mib("1K") == 1);
  CHECK(parse_memory_mib("1025K") == 2);
  CHECK(parse_memory_mib("2048K") == 2);
}

TEST_CASE("what is no amount of memory isn't read") {
  for (const auto* text : {"", "G", "-1G", "1.5G", "1GG", "1Gx", "1  G", "65T", "1P", "32 bytes",
                           "18446744073709551616", "18446744073709551615T", "0x10", "1e3"})
    CHECK_FALSE(parse_memory_mib(text));
}

TEST_CASE("time limits are minutes, or have hours, minutes and seconds") {
  CHECK(parse_time_limit_min("15") == 15);
  CHECK(parse_time_limit_min("0") == 0);
  CHECK(parse_time_limit_min("01:30:00") == 90);
  CHECK(parse_time_limit_min("01:30:01") == 91);
  CHECK(parse_time_limit_min("90:00") == 90);
  CHECK(parse_time_limit_min("00:01") == 1);
  for (const auto* text : {"", ":", "1:", ":1", "soon", "-5", "1:2:3:4", "99999999", "15.5"})
    CHECK_FALSE(parse_time_limit_min(text));
}

TEST_CASE("ports are from 1 to 65535") {
  CHECK(parse_port("8001") == 8001);
  for (const auto* text : {"", "0", "65536", "-1", "80x"}) CHECK_FALSE(parse_port(text));
}

TEST_CASE("each field sets what it is about, and null takes it back") {
  RecipeResources resources;
  for (const auto& [key, text] :
       {std::pair("nodes", "2"), std::pair("cpu", "8"), std::pair("memory", "1G"),
        std::pair("gpu", "4"), std::pair("gpu_per_replica", "2"),
        std::pair("gpu_model", "A100-40GB"), std::pair("time_limit", "15"),
        std::pair("storage", "100Gi")}) {
    INFO(key);
    const auto* field = find_resource_field(key);
    REQUIRE(field != nullptr);
    CHECK(field->set(resources, text));
  }
  CHECK(resources == RecipeResources{2, 8, 1024, 4, 2, "A100-40GB", 15});
  for (const auto& field : resource_fields()) field.clear(resources);
  CHECK(resources == RecipeResources{});
  CHECK(find_resource_field("gpus") == nullptr);
}

TEST_CASE("a field that is refused sets nothing") {
  RecipeResources resources;
  for (const auto& [key, text] :
       {std::pair("nodes", "0"), std::pair("nodes", "1025"), std::pair("cpu", "-1"),
        std::pair("cpu", ""), std::pair("memory", "much"), std::pair("gpu", "one"),
        std::pair("gpu_model", "A100\n"), std::pair("time_limit", "soon"),
        std::pair("storage", "x")}) {
    INFO(key << " " << text);
    CHECK_FALSE(find_resource_field(key)->set(resources, text));
  }
  CHECK(resources == RecipeResources{});
}

TEST_CASE("an empty number of GPUs is none") {
  RecipeResources resources;
  resources.gpu_count = 4;
  CHECK(find_resource_field("gpu")->set(resources, ""));
  CHECK(resources.gpu_count == 0);
}

TEST_CASE("any text is read, or refused") {
  rc::prop("by every field", [](const std::string& text) {
    for (const auto& field : resource_fields()) {
      RecipeResources resources;
      if (!field.set(resources, text)) RC_ASSERT(resources == RecipeResources{});
    }
  });
  rc::prop("and so are amounts with something changed", [] {
    auto text = std::string(*rc::gen::elementOf(
        std::vector<std::string_view>(std::begin(memory_amounts), std::end(memory_amounts))));
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    const auto mib = parse_memory_mib(text);
    RC_ASSERT(!mib || *mib <= 64u << 20);
  });
}

#include "cli/catalog_file.hpp"

#include <algorithm>
#include <set>

#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <catch2/catch.hpp>

using namespace orrery;

namespace {

constexpr std::string_view good = R"(images = ["images.example/base/pytorch:2.3"]

[[region]]
id = "north"
name = "北京一区"
cluster = "host-cluster"
image_registry = "images.example"
gateway_domain = "gw.example"
ssh_domain = "gws.example"

[[discount]]
id = "10000"
ratio = "0.48"
starts_at = 2024-08-15T15:26:38+08:00
ends_at = "2024-10-01T00:05:00+08:00"

[[model]]
region_id = "north"
name = "4090"
cpu_arch = "x86-64"
cpu_series = "Inter Xeon"
cpu_vendor = "Inter"
gpu_series = "4090"
gpu_product = "4090"
gpu_resource_key = "nvidia.com/gpu-4090"
gpu_model = "4090"
gpu_memory_gib = 24
system_disk_gb = 30
data_disk_gb = 50
discount = "10000"

  [[model.shape]]
  gpu_count = 1
  cpu_count = 16
  memory_gib = 96
  sku = [
    { id = "66", selling_type = "pay_as_you_go", price = "2.50" },
    { id = "70", selling_type = "daily", price = "54", discount = "" },
  ]
)";

/// Everything that is wrong with the good file once `from` reads `to`.
std::string problems(std::string_view from, std::string_view to) {
  std::string text(good);
  REQUIRE(text.find(from) != std::string::npos);
  boost::algorithm::replace_first(text, from, to);
  const auto catalog = read_catalog_toml(text, "prices.toml");
  return catalog ? "" : boost::algorithm::join(catalog.error().problems, "\n");
}

}  // namespace

TEST_CASE("a SKU has what stands at its model and shape, and the nearest counts") {
  const auto catalog = read_catalog_toml(good, "prices.toml").value();
  REQUIRE(catalog.skus.size() == 2);
  const auto& first = catalog.skus[0];
  CHECK(first.id == "66");
  CHECK(first.declaration.gpu_model == "4090");
  CHECK(first.declaration.memory_gib == 96);
  CHECK(first.declaration.price_fen == 250);
  CHECK(first.declaration.discount == Discount{"10000", 4'800, 1'723'706'798, 1'727'712'300});
  CHECK(catalog.skus[1].declaration.selling_type == SellingType::daily);
  CHECK(catalog.skus[1].declaration.price_fen == 5'400);
  CHECK(catalog.skus[1].declaration.discount == Discount{});
  CHECK(catalog.regions[0].declaration.name == "北京一区");
  CHECK(catalog.images == std::vector<std::string>{"images.example/base/pytorch:2.3"});
}

TEST_CASE("a problem of a catalogue file names file, line, key and what is allowed") {
  CHECK(
      problems(R"("2.50")", "2.50") ==
      R"(prices.toml, line 37: sku.price must be CNY as a string, from "0.01" to "1000000" and with at most two decimals, such as "2.50", not 2.5)");
  CHECK(problems(R"("2.50")", R"("-1")").find(R"(not '-1')") != std::string::npos);
  CHECK(problems("gpu_count = 1\n", "gpu_count = 9\n") ==
        "prices.toml, line 33: shape.gpu_count must be a whole number from 1 to 8, not 9");
  CHECK(problems("gpu_count = 1\n", "gpu_cuont = 1\n") ==
        "prices.toml, line 33: key shape.gpu_cuont is unknown; the nearest is gpu_count\n"
        "prices.toml, line 37: sku 66 lacks gpu_count\n"
        "prices.toml, line 38: sku 70 lacks gpu_count");
  CHECK(
      problems(R"(region_id = "north")", R"(region_id = "south")")
          .starts_with(
              "prices.toml, line 18: sku 66.region_id names the region south, which the catalogue "
              "doesn't have"));
  CHECK(problems(R"(discount = "10000")", R"(discount = "10001")") ==
        "prices.toml, line 30: model.discount must be the id of a [[discount]], not '10001'");
  CHECK(problems(R"(id = "70")", R"(id = "66")") ==
        "prices.toml, line 38: sku 66 is declared twice");
  CHECK(problems("2024-08-15T15:26:38+08:00", "2024-08-15") ==
        "prices.toml, line 14: discount.starts_at must be a time such as "
        "2026-10-01T00:05:00+08:00, in whole seconds, not 2024-08-15");
  CHECK(problems("2024-08-15T15:26:38+08:00", "2025-08-15T15:26:38+08:00") ==
        "prices.toml, line 30: sku 66.discount must end after it has started");
  CHECK(problems("[[region]]", "[region]") ==
        "prices.toml, line 3: region must be tables: [[region]]");
  CHECK(problems("pytorch:2.3", "pytorch").starts_with("prices.toml, line 1: images must be"));
  CHECK(problems("[[model]]", "[[model]").starts_with("prices.toml, line 17: "));
}

TEST_CASE("names that no server could use are refused") {
  for (const auto* host : {"http://gw.example", "gw.example/", "-gw", "", "gw_example", "gw:80"})
    CHECK(problems(R"(gateway_domain = "gw.example")",
                   "gateway_domain = \"" + std::string(host) + "\"")
              .starts_with("prices.toml, line 8: region.gateway_domain must be a domain"));
  CHECK(problems(R"(image_registry = "images.example")", R"(image_registry = "a.example:5000")")
            .empty());
  CHECK(problems(R"(image_registry = "images.example")", R"(image_registry = "http://a")")
            .starts_with("prices.toml, line 7: region.image_registry must be a host"));
  CHECK(problems(R"(gpu_model = "4090")", R"(gpu_model = "40\u0007")")
            .starts_with("prices.toml, line 26: model.gpu_model must be a string"));
  CHECK(
      problems("data_disk_gb = 50", "data_disk_gb = 100001")
          .starts_with("prices.toml, line 29: model.data_disk_gb must be a whole number from 1 to "
                       "100000"));
}

TEST_CASE("problems of values and of what doesn't fit together come at once") {
  const auto all = problems("name = \"北京一区\"\n", "");
  CHECK(all == "prices.toml, line 3: region north lacks name");
  const auto both = problems(R"(price = "2.50" },)",
                             "price = 2.5 },\n    { id = \"66\", selling_type = "
                             "\"monthly\", price = \"1\" },");
  CHECK(both.find("line 37: sku.price must be") != std::string::npos);
  CHECK(both.find("line 38: sku 66 is declared twice") != std::string::npos);
}

TEST_CASE("what is missing is said, all of it at once") {
  CHECK(problems("name = \"北京一区\"\ncluster = \"host-cluster\"\n", "") ==
        "prices.toml, line 3: region north lacks name, cluster");
  CHECK(problems(R"(id = "66", )", "") == "prices.toml, line 37: sku lacks id");
}

TEST_CASE("a file that cannot be read is named") {
  const auto absent = read_catalog_file("/nonexistent/prices.toml");
  REQUIRE(absent.has_error());
  CHECK(absent.error().problems.front() == "/nonexistent/prices.toml cannot be read");
  CHECK(read_catalog_file("/tmp").has_error());
}

TEST_CASE("the built-in catalogue is good, and sells what the API's document shows") {
  const auto read = read_catalog_toml(embedded_catalog_toml(), embedded_catalog_name);
  INFO((read ? "" : boost::algorithm::join(read.error().problems, "\n")));
  REQUIRE(read.has_value());
  const auto sku = [&](std::string_view id) {
    return std::ranges::find(read->skus, id, &Offered<SkuDeclared>::id)->declaration;
  };
  const auto document = sku("66");
  CHECK(document.gpu_model == "4090");
  CHECK(document.selling_type == SellingType::pay_as_you_go);
  CHECK(document.price_fen == 250);
  CHECK(document.cpu_count == 16);
  CHECK(document.memory_gib == 96);
  CHECK(sku("2").price_fen == 1'000);
  CHECK(sku("2").discount.ratio_e4 == 4'800);

  std::set<std::pair<std::string, SellingType>> sold;
  for (const auto& each : read->skus)
    sold.emplace(each.declaration.gpu_model, each.declaration.selling_type);
  CHECK(sold.size() == 16);  // Four models, each sold in four ways.
  REQUIRE(read->regions.size() == 1);
  CHECK(read->regions[0].declaration.cluster == "host-cluster");
  CHECK(std::ranges::count(read->images,
                           "images.neolink-ai.com/matrixdc/tensorflow:2.15.0-python3.10-cuda12.1.0-"
                           "cudnn8-devel-ubuntu22.04") == 1);
}

#include "http/native/catalog/offer_catalog.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/json/json_body.hpp"
#include "http/native/catalog/offer_fields.hpp"
#include "tests/http/native/catalog/sample_catalog.hpp"

using namespace orrery;

namespace {

struct Reading {
  OfferCatalog catalog;
  std::string problem;
};

Reading read(const std::string& body) {
  JsonFields fields(parse_json_object(body).value());
  auto catalog = read_catalog(fields);
  return {std::move(catalog), fields.problem().value_or("")};
}

/// The sample with one member of its first SKU replaced.
std::string problem_with_sku(std::string_view key, boost::json::value value) {
  auto json = catalog_json(sample_catalog());
  json["skus"].as_array()[0].as_object()[key] = std::move(value);
  return read(boost::json::serialize(json)).problem;
}

std::string problems(const OfferCatalog& catalog) {
  std::string text;
  for (const auto& each : problems_of(catalog))
    text += each.entry + (each.key.empty() ? " " : "." + each.key + " ") + each.message + "\n";
  return text;
}

}  // namespace

TEST_CASE("a catalogue that is written can be read, and is the same") {
  const auto reading = read(boost::json::serialize(catalog_json(sample_catalog())));
  CHECK(reading.problem.empty());
  CHECK(reading.catalog == sample_catalog());
}

TEST_CASE("a wrong value of a catalogue is named with what it must be") {
  CHECK(
      problem_with_sku("price", "2.505") ==
      R"(skus[0].price must be CNY as a string, from "0.01" to "1000000" and with at most two decimals, such as "2.50")");
  CHECK(problem_with_sku("price", 2.5) == "skus[0].price must be a string");
  CHECK(problem_with_sku("gpu_count", 9) == "skus[0].gpu_count must be a whole number from 1 to 8");
  CHECK(problem_with_sku("gpu_count", 0) == "skus[0].gpu_count must be a whole number from 1 to 8");
  CHECK(problem_with_sku("selling_type", "hourly") ==
        "skus[0].selling_type must be pay_as_you_go, daily, weekly or monthly");
  CHECK(problem_with_sku("region_id", "south") ==
        "sku 66.region_id names the region south, which the catalogue doesn't have");
  CHECK(problem_with_sku("id", "2") == "sku 2 is declared twice");
  CHECK(problem_with_sku("id", "a/b") ==
        "sku a/b.id must be 1 to 64 letters, digits, dots, dashes or underscores");
  CHECK(
      problem_with_sku("discount", {{"id", "d"}, {"ratio", "1.5"}}) ==
      R"(skus[0].discount.ratio must be what is left of the price as a string, above 0 and up to 1, such as "0.48")");
  CHECK(problem_with_sku("discount", {{"id", "d"},
                                      {"ratio", "0.5"},
                                      {"starts_at", "2026-01-02T00:00:00Z"},
                                      {"ends_at", "2026-01-01T00:00:00Z"}}) ==
        "sku 66.discount must end after it has started");
  CHECK(read("{}").problem == "regions must be an array: what it lacks is withdrawn");
}

TEST_CASE("images have full names with tags, once each") {
  for (const auto* good : {"images.example/base/pytorch:2.3", "host:5000/a:b", "a:b"})
    CHECK(is_full_image_name(good));
  for (const auto* wrong : {"", "pytorch", "images.example/base/pytorch", "images.example:5000/a",
                            "a:", ":b", "a b:c", "a:b c", "图:1"})
    CHECK_FALSE(is_full_image_name(wrong));
  auto catalog = sample_catalog();
  catalog.images.push_back(catalog.images.front());
  CHECK(problems(catalog) == "image images.example/base/pytorch:2.3 is declared twice\n");
}

TEST_CASE("every problem of a catalogue is found, not the first alone") {
  auto catalog = sample_catalog();
  catalog.regions.push_back({"south", catalog.regions.front().declaration});
  CHECK(problems(catalog) ==
        "region south.cluster names host-cluster, which the region north sells already\n");
  catalog.skus[0].id = "a b";
  catalog.images.push_back("untagged");
  CHECK(problems_of(catalog).size() == 3);
}

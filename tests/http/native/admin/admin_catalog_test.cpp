#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/native/admin/admin_people.hpp"
#include "tests/http/native/catalog/sample_catalog.hpp"

using namespace orrery;

namespace {

struct Seller : AdminPeople {
  boost::json::value put(const OfferCatalog& catalog, std::string_view query = "") {
    return order("PUT", "/orrery/v1/catalog" + std::string(query),
                 boost::json::serialize(catalog_json(catalog)));
  }
  boost::json::value shown() { return order("GET", "/orrery/v1/catalog"); }
};

}  // namespace

TEST_CASE("a catalogue is declared as a whole, and shown as it was declared") {
  Seller seller;
  const auto answer = seller.put(sample_catalog());
  CHECK(answer.at("items").as_array().size() == 4);
  CHECK(answer.at("applied").as_bool());
  CHECK(text(answer.at("items").at(0), "change") == "added");
  CHECK(seller.shown() == boost::json::value(catalog_json(sample_catalog())));
  const auto head = seller.server.log.head();
  CHECK(seller.put(sample_catalog()).at("items").as_array().empty());
  CHECK(seller.server.log.head() == head);

  auto next = sample_catalog();
  next.skus[0].declaration.price_fen = 200;
  next.skus.pop_back();
  const auto changes = seller.put(next).at("items");
  REQUIRE(changes.as_array().size() == 2);
  CHECK(text(changes.at(0).at("fields").at(0), "to") == "2.00");
  CHECK(text(changes.at(1), "change") == "withdrawn");
  CHECK(seller.shown() == boost::json::value(catalog_json(next)));
}

TEST_CASE("a dry run says what would change, and changes nothing") {
  Seller seller;
  const auto head = seller.server.log.head();
  const auto answer = seller.put(sample_catalog(), "?dry_run=true");
  CHECK(answer.at("items").as_array().size() == 4);
  CHECK_FALSE(answer.at("applied").as_bool());
  CHECK(seller.server.log.head() == head);
  CHECK(seller.shown().at("skus").as_array().empty());
  CHECK(seller
            .ask("PUT", "/orrery/v1/catalog?dry_run=maybe", seller.server.tenant.operator_key,
                 boost::json::serialize(catalog_json({})))
            .status == 400);
}

TEST_CASE("a region whose cluster nobody has declared is a warning") {
  Seller seller;
  const auto warnings = seller.put(sample_catalog(), "?dry_run=true").at("warnings").as_array();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] ==
        "region north sells the cluster host-cluster, which is not declared: nothing can be "
        "ordered there yet");
  seller.order("PUT", "/orrery/v1/clusters/host-cluster", "{}");
  CHECK(seller.put(sample_catalog()).at("warnings").as_array().empty());
}

TEST_CASE("a catalogue with anything wrong in it changes nothing") {
  Seller seller;
  auto catalog = sample_catalog();
  catalog.skus[1].declaration.region_id = "south";
  const auto refused = seller.ask("PUT", "/orrery/v1/catalog", seller.server.tenant.operator_key,
                                  boost::json::serialize(catalog_json(catalog)));
  CHECK(refused.status == 400);
  CHECK(refused.body.find("sku 2.region_id names the region south") != std::string::npos);
  CHECK(seller.shown().at("regions").as_array().empty());
}

TEST_CASE("a cluster without location is none of the VM dialects") {
  Seller seller;
  const auto cluster = seller.order("PUT", "/orrery/v1/clusters/host-cluster", "{}");
  CHECK(text(cluster, "location").empty());
  const auto& server = seller.server;
  const auto locations =
      seller.ask("GET", server.in_project("/locations"), server.tenant.access_key).body;
  CHECK(locations.find("\"\"") == std::string::npos);
  CHECK(locations.find("us-east1-a") != std::string::npos);
}

#include "tests/http/native/admin/market_admin.hpp"

using namespace orrery;

namespace {

using Ids = std::vector<std::string>;

std::string code_of(const WireAnswer& answer) {
  return boost::json::parse(answer.body).at("code").as_string().c_str();
}

}  // namespace

TEST_CASE("operators see people of the marketplace by name, and find them by it") {
  MarketAdmin admin;
  admin.joins("9", "ada", ClientRole::gpu_provider);
  admin.joins("10", "bob");
  admin.joins("11", "eve", ClientRole::admin);
  const auto ada = admin.get("/orrery/v1/clients/9");
  CHECK(ada.at("username") == "ada");
  CHECK(ada.at("email") == "ada@example.org");
  CHECK(ada.at("role") == "gpu_provider");
  CHECK(ada.at("provider_since") == "2024-06-16T15:52:41Z");
  CHECK_FALSE(ada.at("approved").as_bool());
  CHECK(ada.at("devices") == 1);
  CHECK(admin.get("/orrery/v1/clients/10").at("provider_since").is_null());

  CHECK(admin.ids("/orrery/v1/clients") == Ids{"9", "10", "11"});
  CHECK(admin.ids("/orrery/v1/clients?limit=2") == Ids{"9", "10"});
  CHECK(admin.get("/orrery/v1/clients?limit=2").at("next") == "10");
  CHECK(admin.ids("/orrery/v1/clients?after=10") == Ids{"11"});
  CHECK(admin.ids("/orrery/v1/clients?role=admin") == Ids{"11"});
  CHECK(admin.ids("/orrery/v1/clients?username=bob") == Ids{"10"});
  CHECK(admin.ids("/orrery/v1/clients?email=EVE@example.org") == Ids{"11"});
  CHECK(admin.ids("/orrery/v1/clients?username=nobody").empty());
}

TEST_CASE("operators approve and suspend providers, and change roles") {
  MarketAdmin admin;
  admin.joins("9", "ada");
  CHECK(code_of(admin.order("POST", "/orrery/v1/clients/9/approve")) == "client_is_no_provider");
  CHECK(admin.order("POST", "/orrery/v1/clients/9/role", R"({"role":"gpu_provider"})").status ==
        200);
  CHECK(admin.ids("/orrery/v1/clients?approved=false") == Ids{"9"});
  const auto approved = admin.order("POST", "/orrery/v1/clients/9/approve");
  CHECK(boost::json::parse(approved.body).at("approved") == true);
  CHECK(admin.ids("/orrery/v1/clients?approved=true") == Ids{"9"});
  CHECK(admin.order("POST", "/orrery/v1/clients/9/suspend").status == 200);
  CHECK_FALSE(admin.clients.find("9")->is_provider_approved);
}

TEST_CASE("a client whom an operator erases is gone, and so is his key") {
  MarketAdmin admin;
  admin.joins("9", "ada", ClientRole::gpu_provider);
  admin.shares("9", "3", "llama");
  const auto username = admin.clients.find("9")->names.username;
  CHECK(admin.order("DELETE", "/orrery/v1/clients/9").status == 204);
  CHECK(admin.order("GET", "/orrery/v1/clients/9").status == 404);
  CHECK(admin.ids("/orrery/v1/shared-nodes").empty());
  CHECK_FALSE(admin.subject_keys->open(username));
  CHECK(admin.ask("GET", "/orrery/v1/usage", admin.token_of("9")).status == 401);
  CHECK(admin.order("DELETE", "/orrery/v1/clients/9").status == 204);
  CHECK(admin.order("DELETE", "/orrery/v1/clients/10").status == 404);
  CHECK(admin.order("POST", "/orrery/v1/clients/9/approve").status == 404);
}

TEST_CASE("who was refused his names is erased by an operator as well") {
  MarketAdmin admin;
  admin.joins("9", "ada");
  ClientRegistered request;
  request.names = {admin.sealed("10", "ada"), admin.sealed("10", "other@example.org"),
                   admin.secret.username_key("ada"), admin.secret.email_key("other@example.org")};
  admin.command<Client>("10", Client::Register{request});
  admin.await([&] { return admin.clients.erased() == Ids{"10"}; });
  CHECK(admin.subject_keys->open(request.names.email));
  CHECK(admin.order("DELETE", "/orrery/v1/clients/10").status == 204);
  CHECK_FALSE(admin.subject_keys->open(request.names.email));
  CHECK(admin.clients.find("9"));
}

TEST_CASE("operators see shared nodes with what these say of their GPUs") {
  MarketAdmin admin;
  admin.joins("9", "ada", ClientRole::gpu_provider);
  admin.joins("10", "bob", ClientRole::gpu_provider);
  admin.shares("9", "3", "llama");
  admin.shares("10", "12", "llama");
  admin.shares("10", "13", "qwen");
  admin.heartbeats.beat("shared-3", {{71, 12'288, 24'564, 66}});
  admin.order("POST", "/orrery/v1/clients/9/approve");
  const auto node = admin.get("/orrery/v1/shared-nodes/3");
  CHECK(node.at("node_id") == "shared-3");
  CHECK(node.at("client_id") == "9");
  CHECK(node.at("ready") == true);
  CHECK(node.at("approved") == true);
  CHECK(node.at("reach") == "agent");
  CHECK(node.at("gpus").at(0).at("memory_used_mib") == 12'288);
  CHECK(node.at("last_seen_at") == "2024-06-16T15:52:41Z");
  CHECK(admin.get("/orrery/v1/shared-nodes/12").at("gpus").as_array().empty());

  CHECK(admin.ids("/orrery/v1/shared-nodes") == Ids{"3", "12", "13"});
  CHECK(admin.ids("/orrery/v1/shared-nodes?model=llama") == Ids{"3", "12"});
  CHECK(admin.ids("/orrery/v1/shared-nodes?client=10") == Ids{"12", "13"});
  CHECK(admin.ids("/orrery/v1/shared-nodes?limit=1&after=3") == Ids{"12"});
  CHECK(admin.order("GET", "/orrery/v1/shared-nodes/4").status == 404);
}

TEST_CASE("usage is everybody's for operators, and one's own for a client") {
  MarketAdmin admin;
  admin.joins("9", "ada", ClientRole::gpu_provider);
  admin.joins("10", "bob", ClientRole::gpu_provider);
  admin.joins("11", "eve");
  admin.joins("12", "root", ClientRole::admin);
  admin.shares("9", "3", "llama");
  admin.shares("10", "4", "qwen");
  admin.answers("10", "1", "3", {1'500'000, 7});
  admin.answers("10", "2", "3", {250, 1});
  admin.answers("11", "3", "4", {2'000'000, 5});

  const auto all = admin.get("/orrery/v1/usage");
  REQUIRE(all.at("items").as_array().size() == 2);
  CHECK(all.at("items").at(0) ==
        boost::json::parse(R"({"date":"2024-06-16","provider_id":"9","client_id":"10",)"
                           R"("model":"llama","gpu_seconds":"1.500250","answers":2,"tokens":8})"));
  CHECK(all.at("total") ==
        boost::json::parse(R"({"gpu_seconds":"3.500250","answers":3,"tokens":13})"));

  const auto seen_by = [&](const std::string& client_id, std::string_view query = "") {
    const auto answer =
        admin.ask("GET", fmt::format("/orrery/v1/usage{}", query), admin.token_of(client_id));
    CHECK(answer.status == 200);
    return boost::json::parse(answer.body).at("items").as_array().size();
  };
  CHECK(seen_by("9") == 1);   // Provided.
  CHECK(seen_by("10") == 2);  // Provided and used.
  CHECK(seen_by("11") == 1);  // Used.
  CHECK(seen_by("12") == 2);  // An admin of the marketplace.
  CHECK(seen_by("11", "?provider=9") == 0);

  CHECK(admin.get("/orrery/v1/usage?provider=9").at("items").as_array().size() == 1);
  CHECK(admin.get("/orrery/v1/usage?client=11").at("items").as_array().size() == 1);
  CHECK(admin.get("/orrery/v1/usage?to=2024-06-15").at("items").as_array().empty());
  const auto first = admin.get("/orrery/v1/usage?limit=1");
  CHECK(first.at("next") == "1");
  CHECK(first.at("total") == all.at("total"));
  CHECK(admin.get("/orrery/v1/usage?limit=1&after=1").at("items").at(0) == all.at("items").at(1));
  CHECK(admin.get("/orrery/v1/usage?after=18446744073709551615").at("items").as_array().empty());
}

TEST_CASE("keys of organizations reach nothing of the marketplace") {
  MarketAdmin admin;
  admin.joins("9", "ada");
  for (const auto& key : {admin.tenant.access_key, admin.tenant.project_access_key}) {
    const auto credential = "Bearer " + key;
    for (const auto* path : {"/orrery/v1/clients", "/orrery/v1/clients/9", "/orrery/v1/usage",
                             "/orrery/v1/shared-nodes", "/orrery/v1/shared-nodes/3"})
      CHECK(admin.ask("GET", path, credential).status == 403);
    CHECK(admin.ask("POST", "/orrery/v1/clients/9/approve", credential).status == 403);
    CHECK(admin.ask("DELETE", "/orrery/v1/clients/9", credential).status == 403);
  }
  CHECK(admin.clients.find("9"));
}

TEST_CASE("wrong questions about the marketplace are refused, and strangers are told nothing") {
  MarketAdmin admin;
  admin.joins("9", "ada");
  for (const auto* wrong : {"/orrery/v1/clients?role=king", "/orrery/v1/clients?approved=maybe",
                            "/orrery/v1/clients?limit=0", "/orrery/v1/shared-nodes?limit=x",
                            "/orrery/v1/usage?from=yesterday", "/orrery/v1/usage?from=2030-01-01",
                            "/orrery/v1/usage?from=2020-01-01", "/orrery/v1/usage?after=x",
                            "/orrery/v1/usage?limit=0"}) {
    INFO(wrong);
    CHECK(admin.order("GET", wrong).status == 400);
  }
  CHECK(admin.order("POST", "/orrery/v1/clients/9/role", R"({"role":"king"})").status == 400);
  CHECK(admin.order("POST", "/orrery/v1/clients/8/role", R"({"role":"user"})").status == 404);
  CHECK(admin.ask("GET", "/orrery/v1/clients", admin.token_of("9")).status == 401);
  CHECK(admin.ask("GET", "/orrery/v1/shared-nodes/3", "").status == 401);

  const auto nobody = admin.ask("GET", "/orrery/v1/usage", "");
  CHECK(nobody.status == 401);
  CHECK(nobody.header("WWW-Authenticate") == "Basic realm=\"api\"");
  CHECK(admin.ask("GET", "/orrery/v1/usage", "Token 0123456789").status == 401);
  const auto wrong = admin.ask("GET", "/orrery/v1/usage", "Basic YWRhOndyb25n");  // ada:wrong
  CHECK(wrong.status == 401);
}

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "actors/shared_node/shared_node.hpp"
#include "tests/http/gpushare/asking_fixture.hpp"
#include "tests/http/upstream/scripted_upstream.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

std::string number_of(const json::value& body, std::string_view field) {
  return std::to_string(
      body.at(json::string_view(field.data(), field.size())).to_number<std::uint64_t>());
}

std::string token_body(std::string_view token) {
  return fmt::format(R"({{"node_token":"{}"}})", token);
}

std::string plain(const WireAnswer& answer) { return json::serialize(json::parse(answer.body)); }

}  // namespace

TEST_CASE("a registered node has a token, a machine that is described, and GPUs like any other") {
  AskingServer asking;
  const auto body = asking.server.post(asking.provider, "/llm_models/register/",
                                       asking.node_body(asking.provider.id, "tiny"));
  CHECK(body.at("is_approved").as_bool());
  CHECK(body.at("gpu_count").to_number<int>() == 2);
  CHECK(body.at("node_token").as_string().size() == 40);
  const auto node = asking.server.sharing.node(number_of(body, "node_id"));
  REQUIRE(node);
  CHECK(node->is_ready);
  CHECK(node->offer.client_id == asking.provider.id);
  CHECK(node->offer.model == "tiny");
  CHECK(node->offer.served_model == "tiny");
  CHECK(node->offer.gpu_model == "NVIDIA GeForce RTX 4090");
  CHECK(node->offer.gpu_count == 2);
  CHECK(node->offer.cpu_count == 16);
  CHECK(node->offer.memory_mib == 32665);
  CHECK(node->offer.reach == NodeReach::agent);
  const auto record =
      asking.server.get(asking.provider, "/gpu/list/" + number_of(body, "gpu_record_id") + "/");
  CHECK(record.at("cpu_core").as_string() == "16");
  CHECK(record.at("ram").as_string() == "31.9");
}

TEST_CASE("whoever registers a node becomes a provider, who waits for an admin") {
  AskingServer asking;
  const auto person = asking.server.register_person("newcomer");
  const auto body = json_of(asking.server.ask_as(person, "POST", "/llm_models/register/",
                                                 asking.node_body(person.id, "tiny")),
                            201);
  CHECK_FALSE(body.at("is_approved").as_bool());
  const auto client = asking.server.clients.find(person.id);
  CHECK(client->role == ClientRole::gpu_provider);
  CHECK(client->provider_since);
  const auto models = asking.server.get(asking.asker, "/llm_models/all-models/");
  CHECK(models.as_array().empty());
  asking.server.approve(person);
  CHECK(json::serialize(asking.server.get(asking.asker, "/llm_models/all-models/")) ==
        R"([{"model_id":"tiny","name":"tiny","description":"Offered by 1 node.",)"
        R"("min_gpu_memory":null,"is_available":true}])");
}

TEST_CASE("a node may be registered for a machine that is described already") {
  AskingServer asking;
  const auto record = asking.server.post(
      asking.provider, "/gpu/list/",
      fmt::format(R"({{"user":{},"gpu_info":"8x H100","cpu_name":"EPYC","cpu_core":"96",)"
                  R"("cpu_frequency":"2400","total_memory":"1 TB","total_swap":"0","ram":"1 TB",)"
                  R"("os_name":"Linux","os_version":"6.1"}})",
                  asking.provider.id));
  const auto record_id = number_of(record, "id");
  const auto two_step = [&](const GpushareServer::Person& person) {
    return fmt::format(R"({{"user":{},"model_name":"tiny","gpu_record_id":{}}})", person.id,
                       record_id);
  };
  const auto body =
      asking.server.post(asking.provider, "/llm_models/register/", two_step(asking.provider));
  CHECK(number_of(body, "gpu_record_id") == record_id);
  CHECK(body.at("gpu_count").to_number<int>() == 8);
  const auto other =
      asking.server.ask_as(asking.asker, "POST", "/llm_models/register/", two_step(asking.asker));
  CHECK(other.status == 400);
  CHECK(plain(other).find(fmt::format(
            R"("gpu_record_id":["Invalid pk \"{}\" - object does not exist."])", record_id)) !=
        std::string::npos);
}

TEST_CASE("a registration that comes again with its key makes one node") {
  AskingServer asking;
  const auto register_it = [&](std::string_view model) {
    return asking.server.ask_as(asking.provider, "POST", "/llm_models/register/",
                                asking.node_body(asking.provider.id, std::string(model)),
                                {"Idempotency-Key: one"});
  };
  const auto first = register_it("tiny");
  CHECK(first.status == 201);
  CHECK(register_it("tiny").body == first.body);
  CHECK(register_it("large").status == 422);
  CHECK(asking.server.sharing.nodes().size() == 1);
  CHECK(asking.server.sharing.gpu_records().size() == 1);
}

TEST_CASE("what isn't a node is refused in the words of the framework") {
  AskingServer asking;
  const auto refused = [&](std::string body) {
    const auto answer =
        asking.server.ask_as(asking.provider, "POST", "/llm_models/register/", std::move(body));
    CHECK(answer.status == 400);
    return plain(answer);
  };
  const auto nothing = refused("{}");
  for (const auto* field : {"user", "model_name", "gpu_info", "cpu_name", "cpu_core", "os_version"})
    CHECK(nothing.find(fmt::format(R"("{}":["This field is required."])", field)) !=
          std::string::npos);
  CHECK(
      refused(asking.node_body(asking.asker.id, "tiny")) ==
      fmt::format(R"({{"user":["Invalid pk \"{}\" - object does not exist."]}})", asking.asker.id));
  CHECK(refused(asking.node_body(asking.provider.id, "tiny", R"(,"concurrency":-1)"))
            .find("concurrency") != std::string::npos);
  CHECK(asking.server.sharing.nodes().empty());
}

TEST_CASE("an endpoint is refused where its address may not be asked, also by its name") {
  AskingServer asking({}, UpstreamReach::internet);
  for (const auto* url : {"http://127.0.0.1:8000", "http://169.254.169.254", "http://10.1.2.3",
                          "http://192.168.1.1:8000", "http://localhost:1", "http://2130706433:8000",
                          "http://name.invalid:8000", "https://a.example", "nonsense"}) {
    INFO(url);
    const auto answer = asking.server.ask_as(
        asking.provider, "POST", "/llm_models/register/",
        asking.node_body(asking.provider.id, "tiny", fmt::format(R"(,"endpoint":"{}")", url)));
    CHECK(answer.status == 400);
    CHECK(answer.body.starts_with(R"({"endpoint":[)"));
  }
  CHECK(asking.server.sharing.nodes().empty());
  CHECK(asking.server.sharing.gpu_records().empty());
}

TEST_CASE("a node with an endpoint is asked there, and its URL is kept sealed") {
  const ScriptedUpstream server([](ScriptedConnection& connection) {
    for (;;) {
      const auto request = connection.request();
      if (request.empty()) return;
      connection.send(request.starts_with("GET")
                          ? plain_answer(R"({"data":[]})")
                          : plain_answer(R"({"choices":[{"message":{"content":"Because."}}]})"));
    }
  });
  AskingServer asking;
  const auto url = fmt::format("http://127.0.0.1:{}/v1", server.target().port);
  const auto node = asking.add_node("tiny", fmt::format(R"(,"endpoint":"{}")", url));
  const auto offer = asking.server.sharing.node(node.id)->offer;
  CHECK(offer.reach == NodeReach::endpoint);
  CHECK(asking.server.subject_keys->open(offer.endpoint) == url);
  CHECK(offer.endpoint.box.find("127.0.0.1") == std::string::npos);
  const auto row = json_of(asking.ask(asking.question_body())->answer(), 201);
  CHECK(row.at("answer_text").as_string() == "Because.");
}

TEST_CASE("who isn't approved makes this server speak to nobody") {
  const ScriptedUpstream server([](ScriptedConnection& connection) { connection.request(); });
  AskingServer asking;
  const auto person = asking.server.register_person("newcomer");
  const auto url = fmt::format("http://127.0.0.1:{}", server.target().port);
  const auto answer = asking.server.ask_as(
      person, "POST", "/llm_models/register/",
      asking.node_body(person.id, "tiny", fmt::format(R"(,"endpoint":"{}")", url)));
  CHECK(answer.status == 201);
  CHECK(server.connection_count() == 0);
}

TEST_CASE("a client has at most a hundred nodes at a time") {
  AskingServer asking;
  const auto register_one = [&] {
    return asking.server.ask_as(asking.provider, "POST", "/llm_models/register/",
                                asking.node_body(asking.provider.id, "tiny"));
  };
  std::string token;
  for (int i = 0; i < 100; ++i) {
    const auto made = register_one();
    REQUIRE(made.status == 201);
    token = json::parse(made.body).at("node_token").as_string().c_str();
  }
  const auto refused = register_one();
  CHECK(refused.status == 400);
  CHECK(plain(refused) == R"({"user":["Ensure this client has at most 100 nodes."]})");
  CHECK(asking.server.ask("DELETE", "/llm_models/deregister/", {token_body(token), {}}).status ==
        204);
  CHECK(register_one().status == 201);
}

TEST_CASE("a heartbeat is good with a node's token alone") {
  AskingServer asking;
  const auto node = asking.add_node();
  const auto beat = [&](std::string body) {
    return asking.server.ask("POST", "/llm_models/heartbeat/", {std::move(body), {}});
  };
  const auto taken = beat(token_body(node.token));
  CHECK(taken.status == 200);
  CHECK(plain(taken) == fmt::format(R"({{"status":"ok","node_id":{}}})", node.id));
  CHECK(asking.heartbeats.sign_of("shared-" + node.id));
  CHECK(beat("{}").status == 400);
  CHECK(beat(token_body("")).status == 400);
  const auto unknown = beat(token_body(std::string(40, '0')));
  CHECK(unknown.status == 404);
  CHECK(plain(unknown) == R"({"error":"No node has this node_token."})");
}

TEST_CASE("a node is deregistered by its token, and gone") {
  AskingServer asking;
  const auto node = asking.add_node();
  const auto deregister = [&](std::string body) {
    return asking.server.ask("DELETE", "/llm_models/deregister/", {std::move(body), {}});
  };
  const auto empty = deregister("{}");
  CHECK(empty.status == 400);
  CHECK(plain(empty) == R"({"error":"node_token is required for de-registration."})");
  const auto gone = deregister(token_body(node.token));
  CHECK(gone.status == 204);
  CHECK(gone.body.empty());
  CHECK_FALSE(asking.server.sharing.node(node.id));
  CHECK(deregister(token_body(node.token)).status == 404);
  CHECK(asking.server.ask("POST", "/llm_models/heartbeat/", {token_body(node.token), {}}).status ==
        404);
  CHECK(asking.ask(asking.question_body())->answer().status == 404);
}

TEST_CASE("models are listed with whether they could be asked now") {
  AskingServer asking;
  const auto tiny = asking.add_node("tiny");
  asking.add_node("tiny");
  const auto large = asking.add_node("large");
  asking.nodes.be_unreachable(large.id);
  const auto models = asking.server.get(asking.asker, "/llm_models/all-models/").as_array();
  REQUIRE(models.size() == 2);
  CHECK(models[0].at("model_id").as_string() == "large");
  CHECK_FALSE(models[0].at("is_available").as_bool());
  CHECK(models[1].at("description").as_string() == "Offered by 2 nodes.");
  CHECK(models[1].at("is_available").as_bool());
  CHECK(asking.server.ask("GET", "/llm_models/all-models/", {}).status == 401);
}

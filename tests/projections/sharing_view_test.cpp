#include "projections/sharing/sharing_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

MachineFacts facts_of(const std::string& gpu_info) {
  MachineFacts facts;
  facts.gpu_info = gpu_info;
  return facts;
}

struct Story : Told<SharingView> {
  Story& describes(const std::string& client_id, const std::string& record_id,
                   const std::string& digest = "") {
    tell("gpu_record/" + record_id, GpuRecordCreated{client_id, facts_of("NVIDIA GeForce RTX 4090"),
                                                     "request-" + record_id, digest});
    return *this;
  }
  Story& offers(const std::string& client_id, const std::string& node_id, const std::string& model,
                char token = 'a', const std::string& digest = "") {
    SharedNodeRegistered offer;
    offer.client_id = client_id;
    offer.model = model;
    offer.token_digest = std::string(32, token);
    offer.request_id = "request-" + node_id;
    offer.request_digest = digest;
    tell("shared_node/" + node_id, offer);
    return *this;
  }
  Story& machine(const std::string& node_id, Event event) {
    tell("node/shared-" + node_id, std::move(event));
    return *this;
  }
  Story& erases(const std::string& client_id) {
    tell("client/" + client_id, ClientErased{});
    return *this;
  }
};

SharingView::Digest token_of(char letter) {
  SharingView::Digest digest;
  digest.fill(static_cast<std::uint8_t>(letter));
  return digest;
}

template <class Entries>
std::vector<std::string> ids_of(const Entries& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(entry->id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("what clients say of their machines is there until they delete it") {
  Story story;
  story.describes("7", "10", "digest").describes("8", "9").describes("7", "11");
  CHECK(ids_of(story.view.gpu_records()) == Ids{"9", "10", "11"});
  CHECK(ids_of(story.view.gpu_records("7")) == Ids{"10", "11"});
  CHECK(story.view.gpu_records("6").empty());
  CHECK(story.view.gpu_record("10")->facts.gpu_info == "NVIDIA GeForce RTX 4090");
  CHECK(story.view.gpu_record("10")->created_at == History::time_at(1));
  CHECK(story.view.gpu_record_of_request("request-10")->id == "10");
  CHECK_FALSE(story.view.gpu_record_of_request("request-9"));

  story.tell("gpu_record/10", GpuRecordChanged{"8", facts_of("RTX 3090")});
  CHECK(story.view.gpu_record("10")->facts.gpu_info == "RTX 3090");
  CHECK(story.view.gpu_record("10")->created_at == History::time_at(1));
  CHECK(ids_of(story.view.gpu_records("8")) == Ids{"9", "10"});
  CHECK(ids_of(story.view.gpu_records("7")) == Ids{"11"});

  story.tell("gpu_record/11", GpuRecordDeleted{});
  CHECK_FALSE(story.view.gpu_record("11"));
  CHECK(story.view.gpu_records("7").empty());
  CHECK(story.view.largest_gpu_record_id() == 11);
}

TEST_CASE("an offer is found by its number, its token and its model until it is withdrawn") {
  Story story;
  story.offers("7", "3", "llama", 'a', "digest").offers("8", "20", "llama", 'b');
  story.offers("8", "4", "qwen", 'c');
  CHECK(story.view.node("3")->offer.client_id == "7");
  CHECK(story.view.node_of_token(token_of('b')) == story.view.node("20"));
  CHECK_FALSE(story.view.node_of_token(token_of('d')));
  CHECK(ids_of(story.view.nodes_with("llama")) == Ids{"3", "20"});
  CHECK(story.view.nodes_with("gpt").empty());
  CHECK(ids_of(story.view.nodes()) == Ids{"3", "4", "20"});
  CHECK(story.view.node_of_request("request-3")->digest == "digest");

  story.tell("shared_node/20", SharedNodeWithdrawn{"deregistered"});
  CHECK_FALSE(story.view.node("20"));
  CHECK_FALSE(story.view.node_of_token(token_of('b')));
  CHECK(ids_of(story.view.nodes_with("llama")) == Ids{"3"});
  CHECK(story.view.largest_node_id() == 20);
}

TEST_CASE("an offer is ready while its machine is") {
  Story story;
  story.offers("7", "3", "llama");
  CHECK_FALSE(story.view.node("3")->is_ready);
  const auto before = story.view.node("3");
  story.machine("3", NodeBecameReady{});
  CHECK(story.view.node("3")->is_ready);
  CHECK(story.view.node_of_token(token_of('a'))->is_ready);
  CHECK(story.view.nodes_with("llama").front()->is_ready);
  CHECK_FALSE(before->is_ready);
  story.machine("3", NodeCordoned{"operator"});
  CHECK(story.view.node("3")->is_cordoned);
  story.machine("3", NodeUncordoned{}).machine("3", NodeLost{"silent"});
  CHECK_FALSE(story.view.node("3")->is_cordoned);
  CHECK_FALSE(story.view.node("3")->is_ready);
  CHECK(story.view.node("3")->registered_at == History::time_at(1));
}

TEST_CASE("machines that nobody shares are none of its business") {
  Story story;
  story.offers("7", "3", "llama");
  story.tell("node/3", NodeBecameReady{}).tell("node/shared-4", NodeBecameReady{});
  CHECK_FALSE(story.view.node("3")->is_ready);
  CHECK_FALSE(story.view.node("4"));
}

TEST_CASE("what an erased client offered is gone, and doesn't come back") {
  Story story;
  story.describes("7", "1").describes("8", "2").offers("7", "3", "llama", 'a');
  story.offers("8", "4", "llama", 'b').erases("7");
  CHECK(ids_of(story.view.gpu_records()) == Ids{"2"});
  CHECK(ids_of(story.view.nodes()) == Ids{"4"});
  CHECK_FALSE(story.view.node_of_token(token_of('a')));
  story.describes("7", "5").offers("7", "6", "llama", 'c').machine("3", NodeBecameReady{});
  story.tell("gpu_record/2", GpuRecordChanged{"7", {}});
  CHECK(story.view.gpu_records().empty());
  CHECK(ids_of(story.view.nodes()) == Ids{"4"});
  CHECK(story.view.largest_gpu_record_id() == 5);
  CHECK(story.view.largest_node_id() == 6);
}

TEST_CASE("requests are remembered as long as their client is there") {
  Story story;
  story.describes("7", "1", "digest").offers("7", "3", "llama", 'a', "digest");
  story.describes("8", "2", "digest").offers("8", "4", "llama", 'b', "digest");
  story.tell("shared_node/4", SharedNodeWithdrawn{"deregistered"});
  story.erases("7").describes("7", "5", "digest").offers("7", "6", "llama", 'c', "digest");
  for (const auto* gone : {"request-1", "request-5"})
    CHECK_FALSE(story.view.gpu_record_of_request(gone));
  for (const auto* gone : {"request-3", "request-6"}) CHECK_FALSE(story.view.node_of_request(gone));
  CHECK(story.view.gpu_record_of_request("request-2")->id == "2");
  CHECK(story.view.node_of_request("request-4")->id == "4");
}

TEST_CASE("offers survive a snapshot") {
  Story story;
  story.describes("7", "1", "digest").offers("7", "3", "llama", 'a', "other");
  story.machine("3", NodeBecameReady{}).erases("8");
  SharingView loaded;
  loaded.load(saved(story.view));
  CHECK(*loaded.gpu_record("1") == *story.view.gpu_record("1"));
  CHECK(*loaded.node("3") == *story.view.node("3"));
  CHECK(loaded.node_of_token(token_of('a')) == loaded.node("3"));
  CHECK(loaded.gpu_record_of_request("request-1")->digest == "digest");
  CHECK(loaded.node_of_request("request-3")->digest == "other");
  story.describes("8", "9");
  loaded.apply(story.events().back());
  CHECK_FALSE(loaded.gpu_record("9"));
  CHECK(loaded.largest_gpu_record_id() == 9);
}

#include "projections/inferences/inference_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

Sealed sealed(const std::string& text) { return {"client-7", text}; }

struct Story : Told<InferenceView> {
  Story& asks(const std::string& client_id, const std::string& id, const std::string& digest = "") {
    return with(
        id, InferenceAsked{client_id, sealed("question " + id), "llama", "request-" + id, digest});
  }
  Story& with(const std::string& id, Event event) {
    tell("inference/" + id, std::move(event));
    return *this;
  }
};

std::vector<std::string> ids_of(const std::vector<InferenceView::Inference>& inferences) {
  std::vector<std::string> ids;
  for (const auto& inference : inferences) ids.push_back(inference->id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a question waits, is answered, and is kept") {
  Story story;
  story.asks("7", "12", "digest");
  const auto asked = story.view.find("12");
  REQUIRE(asked);
  CHECK(asked->client_id == "7");
  CHECK(asked->question == sealed("question 12"));
  CHECK(asked->model == "llama");
  CHECK(asked->asked_at == History::time_at(1));
  CHECK(asked->status == InferenceStatus::waiting);
  CHECK(asked->answer.subject.empty());
  CHECK(story.view.of_request("request-12")->digest == "digest");

  story.with("12", InferenceDispatched{"3"}).with("12", InferenceDispatched{"4"});
  CHECK(story.view.find("12")->shared_node_id == "4");
  story.with("12", InferenceAnswered{sealed("42"), {1'500, 3}});
  const auto answered = story.view.find("12");
  CHECK(answered->status == InferenceStatus::answered);
  CHECK(answered->answer == sealed("42"));
  CHECK(answered->use == InferenceUse{1'500, 3});
  CHECK(asked->status == InferenceStatus::waiting);
}

TEST_CASE("a question that failed says why, and keeps what had come") {
  Story story;
  story.asks("7", "12").with("12", InferenceDispatched{"3"});
  story.with("12", InferenceFailed{"cancelled", "You went away.", sealed("4"), {900, 1}});
  const auto failed = story.view.find("12");
  CHECK(failed->status == InferenceStatus::failed);
  CHECK(failed->code == "cancelled");
  CHECK(failed->message == "You went away.");
  CHECK(failed->answer == sealed("4"));
  CHECK(failed->use == InferenceUse{900, 1});
}

TEST_CASE("questions are listed by number, all or one client's") {
  Story story;
  story.asks("7", "10").asks("8", "9").asks("7", "100");
  CHECK(ids_of(story.view.list()) == Ids{"9", "10", "100"});
  CHECK(ids_of(story.view.list("7")) == Ids{"10", "100"});
  CHECK(story.view.list("6").empty());
  CHECK(story.view.largest_id() == 100);
}

TEST_CASE("an edited record is as it was edited, and a deleted one gone") {
  Story story;
  story.asks("7", "12").with("12", InferenceDispatched{"3"});
  story.with("12", InferenceAnswered{sealed("42"), {}});
  story.with("12", InferenceChanged{"8", sealed("other"), "qwen"});
  CHECK(story.view.list("7").empty());
  CHECK(ids_of(story.view.list("8")) == Ids{"12"});
  CHECK(story.view.find("12")->question == sealed("other"));
  CHECK(story.view.find("12")->answer == sealed("42"));
  story.with("12", InferenceDeleted{});
  CHECK_FALSE(story.view.find("12"));
  CHECK(story.view.list().empty());
  CHECK(story.view.largest_id() == 12);
}

TEST_CASE("what an erased client asked is gone, and doesn't come back") {
  Story story;
  story.asks("7", "1").asks("8", "2").asks("7", "3");
  story.tell("client/7", ClientErased{});
  CHECK(ids_of(story.view.list()) == Ids{"2"});
  CHECK(story.view.list("7").empty());
  CHECK_FALSE(story.view.find("1"));
  story.with("1", InferenceAnswered{sealed("late"), {}}).asks("7", "4");
  story.with("2", InferenceChanged{"7", {}, "llama"});
  CHECK(story.view.list().empty());
  CHECK(story.view.largest_id() == 4);
}

TEST_CASE("a request is remembered as long as its client is there, its row deleted or not") {
  Story story;
  story.asks("7", "1", "digest").asks("7", "2", "digest").asks("8", "3", "digest");
  story.with("1", InferenceFailed{"no_node", "", {}, {}}).with("1", InferenceDeleted{});
  CHECK(story.view.of_request("request-1")->id == "1");
  story.tell("client/7", ClientErased{});
  story.asks("7", "4", "digest");
  for (const auto* gone : {"request-1", "request-2", "request-4"})
    CHECK_FALSE(story.view.of_request(gone));
  CHECK(story.view.of_request("request-3")->id == "3");
}

TEST_CASE("questions survive a snapshot") {
  Story story;
  story.asks("7", "1", "digest").with("1", InferenceDispatched{"3"});
  story.tell("client/8", ClientErased{});
  InferenceView loaded;
  loaded.load(saved(story.view));
  CHECK(*loaded.find("1") == *story.view.find("1"));
  CHECK(loaded.of_request("request-1")->id == "1");
  CHECK(loaded.largest_id() == 1);
  story.asks("8", "2");
  loaded.apply(story.events().back());
  CHECK_FALSE(loaded.find("2"));
  CHECK(ids_of(loaded.list("7")) == Ids{"1"});
}

#include "projections/sharing_usage/sharing_usage_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr SharingUsageView::Query always{0, 1'000'000, {}, {}};

struct Story : Told<SharingUsageView> {
  Story& offers(const std::string& client_id, const std::string& node_id) {
    SharedNodeRegistered offer;
    offer.client_id = client_id;
    tell("shared_node/" + node_id, offer);
    return *this;
  }
  Story& asks(const std::string& client_id, const std::string& id, const std::string& node_id,
              const std::string& model = "llama") {
    with(id, InferenceAsked{client_id, {}, model, {}, {}});
    return with(id, InferenceDispatched{node_id});
  }
  Story& with(const std::string& id, Event event) {
    tell("inference/" + id, std::move(event));
    return *this;
  }
  /// The next event happens on this day.
  Story& answered_on(std::int32_t day, const std::string& id, InferenceUse use) {
    auto recorded = happened("inference/" + id, InferenceAnswered{{}, use});
    recorded.time = Time(std::chrono::days(day) + std::chrono::hours(23));
    view.apply(recorded);
    return *this;
  }
  std::vector<SharingUsage> all() const { return view.usage(always); }
};

using Lines = std::vector<SharingUsage>;

}  // namespace

TEST_CASE("what was answered is counted by day, provider, client and model") {
  Story story;
  story.offers("10", "1").offers("9", "2");
  story.asks("7", "1", "1").asks("7", "2", "1").asks("8", "3", "2", "qwen").asks("7", "4", "2");
  story.answered_on(5, "1", {1'000, 3}).answered_on(5, "2", {2'000, 4});
  story.answered_on(5, "3", {10, 1}).answered_on(4, "4", {20, 2});
  CHECK(story.all() == Lines{{4, "9", "7", "llama", 20, 1, 2},
                             {5, "9", "8", "qwen", 10, 1, 1},
                             {5, "10", "7", "llama", 3'000, 2, 7}});
}

TEST_CASE("usage is asked for by days, provider and client") {
  Story story;
  story.offers("10", "1").offers("9", "2");
  story.asks("7", "1", "1").asks("8", "2", "2").asks("7", "3", "2");
  story.answered_on(4, "1", {1, 1}).answered_on(5, "2", {2, 1}).answered_on(6, "3", {3, 1});
  CHECK(story.view.usage({5, 5, {}, {}}) == Lines{{5, "9", "8", "llama", 2, 1, 1}});
  CHECK(story.view.usage({4, 6, "9", {}}).size() == 2);
  CHECK(story.view.usage({4, 6, {}, "7"}).size() == 2);
  CHECK(story.view.usage({4, 6, "9", "7"}) == Lines{{6, "9", "7", "llama", 3, 1, 1}});
  CHECK(story.view.usage({7, 9, {}, {}}).empty());
}

TEST_CASE("what was used before somebody gave up is counted, but no answer") {
  Story story;
  story.offers("9", "1").asks("7", "1", "1");
  story.with("1", InferenceFailed{"cancelled", "", {}, {500, 2}});
  CHECK(story.all() == Lines{{0, "9", "7", "llama", 500, 0, 2}});
}

TEST_CASE("nothing is counted for a node that failed, nor where there was none") {
  Story story;
  story.offers("9", "1").asks("7", "1", "1");
  story.with("1", InferenceFailed{"node_failed", "", {}, {500, 2}});
  story.with("2", InferenceAsked{"7", {}, "llama", {}, {}});
  story.with("2", InferenceFailed{"no_node", "", {}, {}});
  story.asks("7", "3", "1").with("3", InferenceFailed{"interrupted", "", {}, {}});
  CHECK(story.all().empty());
}

TEST_CASE("it counts for the node that answered, once, and also where it was withdrawn since") {
  Story story;
  story.offers("9", "1").offers("10", "2").asks("7", "1", "1");
  story.with("1", InferenceDispatched{"2"});
  story.tell("shared_node/2", SharedNodeWithdrawn{"deregistered"});
  story.with("1", InferenceAnswered{{}, {100, 1}}).with("1", InferenceAnswered{{}, {100, 1}});
  CHECK(story.all() == Lines{{0, "10", "7", "llama", 100, 1, 1}});
}

TEST_CASE("usage outlives the people, and an edited or deleted record") {
  Story story;
  story.offers("9", "1").asks("7", "1", "1").with("1", InferenceAnswered{{}, {100, 1}});
  story.with("1", InferenceChanged{"8", {}, "qwen"}).with("1", InferenceDeleted{});
  story.tell("client/7", ClientErased{}).tell("client/9", ClientErased{});
  CHECK(story.all() == Lines{{0, "9", "7", "llama", 100, 1, 1}});
}

TEST_CASE("usage and what is under way survive a snapshot") {
  Story story;
  story.offers("9", "1").asks("7", "1", "1").asks("7", "2", "1");
  story.with("1", InferenceAnswered{{}, {100, 1}});
  SharingUsageView loaded;
  loaded.load(saved(story.view));
  CHECK(loaded.usage(always) == story.all());
  loaded.apply(story.happened("inference/2", InferenceAnswered{{}, {50, 2}}));
  CHECK(loaded.usage(always) == Lines{{0, "9", "7", "llama", 150, 2, 3}});
}

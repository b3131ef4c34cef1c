#include "projections/center/center_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

using Status = CenterUserDetails::Status;

CenterPerson person_of(const std::string& name) {
  const auto box = [&](const char* text) { return Sealed{"center-" + name, text}; };
  return {box("name"), box("mail"), box("affiliation"), box("purpose")};
}

struct Story : Told<CenterView> {
  Story& applies(const std::string& name, const std::string& digest = "") {
    return with(name, CenterUserApplied{person_of(name), "B", "vision", "request-" + name, digest});
  }
  Story& is_approved(const std::string& name, std::uint32_t uid) {
    return with(name, CenterUserApproved{{"A", "vision", {}, CenterRole::none}, uid});
  }
  Story& with(const std::string& name, Event event) {
    tell("center_user/" + name, std::move(event));
    return *this;
  }
};

std::vector<std::string> ids_of(const std::vector<CenterView::Notice>& notices) {
  std::vector<std::string> ids;
  for (const auto& notice : notices) ids.push_back(notice->id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("somebody applies, is approved, and is what he was given") {
  Story story;
  story.applies("kim", "digest");
  const auto applicant = story.view.user("kim");
  REQUIRE(applicant);
  CHECK(applicant->status == Status::applied);
  CHECK(applicant->person == person_of("kim"));
  CHECK(applicant->grant.class_name == "B");
  CHECK(applicant->grant.team == "vision");
  CHECK(applicant->applied_at == History::time_at(1));
  CHECK(!applicant->is_active(0));
  CHECK(story.view.of_request("request-kim")->name == "kim");
  CHECK(story.view.of_request("request-kim")->digest == "digest");

  story.is_approved("kim", 5001);
  const auto user = story.view.user("kim");
  CHECK(user->status == Status::approved);
  CHECK(user->grant.class_name == "A");
  CHECK(user->uid == 5001);
  CHECK(user->approved_at == History::time_at(2));
  CHECK(user->person == person_of("kim"));
  CHECK(user->is_active(0));
  CHECK(story.view.largest_uid() == 5001);
  CHECK(applicant->status == Status::applied);  // Whoever asked keeps what was true then.
}

TEST_CASE("a declined one may apply again") {
  Story story;
  story.applies("kim").with("kim", CenterUserDeclined{"unknown to us"});
  CHECK(story.view.user("kim")->status == Status::declined);
  CHECK(story.view.user("kim")->decline_reason == "unknown to us");
  story.applies("kim");
  CHECK(story.view.user("kim")->status == Status::applied);
  CHECK(story.view.user("kim")->decline_reason.empty());
}

TEST_CASE("an admin makes a user without an application") {
  Story story;
  story.is_approved("lee", 5002);
  REQUIRE(story.view.user("lee"));
  CHECK(story.view.user("lee")->person == CenterPerson{});
  CHECK(story.view.user("lee")->is_active(0));
}

TEST_CASE("a suspended one is not active until then, or until he is reinstated") {
  Story story;
  story.is_approved("kim", 1).with("kim", CenterUserSuspended{"mining", 100});
  CHECK(!story.view.user("kim")->is_active(99));
  CHECK(story.view.user("kim")->is_active(100));
  story.with("kim", CenterUserSuspended{"again", 0});
  CHECK(!story.view.user("kim")->is_active(1'000'000));
  story.with("kim", CenterUserReinstated{});
  CHECK(story.view.user("kim")->is_active(0));
}

TEST_CASE("tokens are worth nothing from the latest revocation back") {
  Story story;
  story.is_approved("kim", 1).with("kim", CenterUserTokensRevoked{50});
  story.with("kim", CenterUserTokensRevoked{40});
  CHECK(story.view.user("kim")->tokens_from_s == 50);
}

TEST_CASE("a grant changes as a whole") {
  Story story;
  CenterLimits limits;
  limits.jobs_max = 3;
  story.is_approved("kim", 1).with(
      "kim", CenterUserGrantChanged{{"C", "robotics", limits, CenterRole::operator_}});
  CHECK(story.view.user("kim")->grant ==
        CenterGrant{"C", "robotics", limits, CenterRole::operator_});
}

TEST_CASE("of an erased one only the name is left") {
  Story story;
  story.applies("kim", "digest").is_approved("kim", 7).with("kim", CenterUserErased{});
  CHECK(!story.view.user("kim"));
  CHECK(story.view.users().empty());
  CHECK(story.view.erased() == std::vector<std::string>{"kim"});
  CHECK(!story.view.of_request("request-kim"));
  CHECK(story.view.largest_uid() == 7);
  CHECK(saved(story.view).find("mail") == std::string::npos);
  story.applies("kim").is_approved("kim", 8);  // The rules refuse that.
  CHECK(!story.view.user("kim"));
}

TEST_CASE("people and teams are listed by name") {
  Story story;
  story.applies("park").applies("kim").applies("lee");
  std::vector<std::string> names;
  for (const auto& user : story.view.users()) names.push_back(user->name);
  CHECK(names == std::vector<std::string>{"kim", "lee", "park"});

  story.tell("center_team/vision", CenterTeamSet{"Vision", "Inha", "", {}});
  story.tell("center_team/robots", CenterTeamSet{"Robots", "Inha", "vision", {}});
  REQUIRE(story.view.teams().size() == 2);
  CHECK(story.view.teams().front()->name == "robots");
  CHECK(story.view.team("robots")->team.parent == "vision");
  story.tell("center_team/robots", CenterTeamDissolved{});
  CHECK(!story.view.team("robots"));
  CHECK(story.view.teams().size() == 1);
}

TEST_CASE("notices are a feed, the newest first") {
  Story story;
  for (const char* id : {"a", "b", "c"})
    story.tell(std::string("notice/") + id,
               NoticePosted{"title", "body", NoticeLevel::maintenance, "kim"});
  CHECK(ids_of(story.view.notices()) == Ids{"c", "b", "a"});
  CHECK(ids_of(story.view.notices(1)) == Ids{"c", "b"});
  CHECK(story.view.notices(3).empty());
  const auto first = story.view.notices().back();
  CHECK(first->position == 1);
  CHECK(first->posted_at == History::time_at(1));
  CHECK(first->notice.level == NoticeLevel::maintenance);
  story.tell("notice/b", NoticeWithdrawn{});
  CHECK(ids_of(story.view.notices()) == Ids{"c", "a"});
}

TEST_CASE("each cluster has the policy that was set last") {
  Story story;
  CHECK(!story.view.policy("aicenter"));
  BatchPolicy policy;
  policy.default_qos = "normal";
  story.tell("batch_policy/aicenter", BatchPolicySet{policy});
  const auto first = story.view.policy("aicenter");
  policy.kill_wait_s = 5;
  story.tell("batch_policy/aicenter", BatchPolicySet{policy});
  CHECK(*story.view.policy("aicenter") == policy);
  CHECK(first->kill_wait_s == 30);
  CHECK(!story.view.policy("other"));
}

TEST_CASE("a loaded center answers as the saved one") {
  Story story;
  story.applies("kim", "digest").is_approved("kim", 7).applies("lee").applies("park");
  story.with("park", CenterUserErased{});
  story.tell("center_team/vision", CenterTeamSet{"Vision", "Inha", "", {}});
  story.tell("notice/a", NoticePosted{"title", "body", NoticeLevel::info, "kim"});
  story.tell("batch_policy/aicenter", BatchPolicySet{});
  CenterView loaded;
  loaded.load(saved(story.view));
  CHECK(loaded.users().size() == 2);
  CHECK(loaded.user("kim")->uid == 7);
  CHECK(loaded.of_request("request-kim")->digest == "digest");
  CHECK(loaded.erased() == std::vector<std::string>{"park"});
  CHECK(loaded.team("vision")->team.organization == "Inha");
  CHECK(ids_of(loaded.notices()) == Ids{"a"});
  CHECK(*loaded.policy("aicenter") == BatchPolicy{});
}

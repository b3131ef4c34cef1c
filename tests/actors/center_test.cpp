#include <catch2/catch.hpp>

#include "actors/batch_policy/batch_policy.hpp"
#include "actors/center_team/center_team.hpp"
#include "actors/job_array/job_array.hpp"
#include "actors/kitten/kitten.hpp"
#include "actors/notice/notice.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

CenterTeamSet team(const std::string& parent = "") {
  CenterTeamSet team;
  team.description = "Vision lab";
  team.parent = parent;
  return team;
}
const NoticePosted notice{"Maintenance", "Sunday", NoticeLevel::maintenance, "lee"};

BatchPolicy policy(std::uint32_t kill_wait_s = 30) {
  BatchPolicy policy;
  policy.partitions.emplace_back().name = "p1";
  policy.kill_wait_s = kill_wait_s;
  return policy;
}

JobArraySubmitted array(std::vector<std::uint32_t> task_ids = {1, 3, 5}) {
  JobArraySubmitted request;
  request.task_ids = std::move(task_ids);
  request.request_id = "r1";
  request.request_digest = "d1";
  return request;
}

}  // namespace

TEST_CASE("a team is what it was set to last, until it is dissolved") {
  const auto formed = given<CenterTeam>({team()});
  CHECK(given<CenterTeam>({}).when(CenterTeam::Set{team()}).value() ==
        decided<CenterTeam>({team()}));
  CHECK(formed.when(CenterTeam::Set{team()}).value().empty());
  CHECK(formed.when(CenterTeam::Set{team("lab")}).value() == decided<CenterTeam>({team("lab")}));
  CHECK(formed.when(CenterTeam::Dissolve{}).value() ==
        decided<CenterTeam>({CenterTeamDissolved{}}));
  const auto gone = formed.then({CenterTeamDissolved{}});
  CHECK(gone.when(CenterTeam::Dissolve{}).error() == CenterTeam::Rejection::team_does_not_exist);
  CHECK(gone.when(CenterTeam::Set{team()}).value().size() == 1);
  check_state_table<CenterTeam>({
      {{"absent", CenterTeam::Absent{}}, {"formed", formed.state}},
      {{"set the same", CenterTeam::Set{team()}},
       {"set another", CenterTeam::Set{team("lab")}},
       {"dissolve", CenterTeam::Dissolve{}}},
  });
}

TEST_CASE("a notice is posted once and stays withdrawn") {
  const auto posted = given<Notice>({notice});
  const auto withdrawn = posted.then({NoticeWithdrawn{}});
  CHECK(given<Notice>({}).when(Notice::Post{{"", "x", {}, ""}}).error() ==
        Notice::Rejection::title_must_not_be_empty);
  CHECK(given<Notice>({}).when(Notice::Withdraw{}).error() ==
        Notice::Rejection::notice_does_not_exist);
  CHECK(posted.when(Notice::Post{notice}).value().empty());
  CHECK(withdrawn.when(Notice::Post{notice}).error() == Notice::Rejection::notice_exists_already);
  check_state_table<Notice>({
      {{"absent", Notice::Absent{}}, {"posted", posted.state}, {"withdrawn", withdrawn.state}},
      {{"post", Notice::Post{notice}},
       {"post another", Notice::Post{{"Other", "", NoticeLevel::info, "lee"}}},
       {"withdraw", Notice::Withdraw{}}},
  });
}

TEST_CASE("a policy that is set again is no news, and one without partitions is none") {
  using Rules = BatchPolicyRecord;
  const auto in_force = given<Rules>({BatchPolicySet{policy()}});
  CHECK(given<Rules>({}).when(Rules::Set{BatchPolicy{}}).error() ==
        Rules::Rejection::policy_must_have_a_partition);
  CHECK(in_force.when(Rules::Set{policy()}).value().empty());
  CHECK(in_force.when(Rules::Set{policy(60)}).value() ==
        decided<Rules>({BatchPolicySet{policy(60)}}));
  check_state_table<Rules>({
      {{"absent", given<Rules>({}).state}, {"in force", in_force.state}},
      {{"set the same", Rules::Set{policy()}},
       {"set another", Rules::Set{policy(60)}},
       {"set one without partitions", Rules::Set{BatchPolicy{}}}},
  });
}

TEST_CASE("an array is submitted once, with tasks in order, and stays cancelled") {
  const auto submitted = given<JobArray>({array()});
  const auto cancelled = submitted.then({JobArrayCancelled{"kim"}});
  const auto submit = [](std::vector<std::uint32_t> task_ids) {
    return given<JobArray>({}).when(JobArray::Submit{array(std::move(task_ids))});
  };
  CHECK(submit({0}).value().size() == 1);
  CHECK(submit({}).error() == JobArray::Rejection::task_ids_must_not_be_empty);
  CHECK(submit({3, 1}).error() == JobArray::Rejection::task_ids_must_ascend);
  CHECK(submit({1, 1}).error() == JobArray::Rejection::task_ids_must_ascend);
  CHECK(given<JobArray>({}).when(JobArray::Cancel{"kim"}).error() ==
        JobArray::Rejection::job_array_does_not_exist);
  CHECK(submitted.when(JobArray::Submit{array()}).value().empty());
  auto nameless = array();
  nameless.request_id.clear();
  CHECK(given<JobArray>({nameless}).when(JobArray::Submit{nameless}).error() ==
        JobArray::Rejection::job_array_exists_already);
  check_state_table<JobArray>({
      {{"absent", JobArray::Absent{}},
       {"submitted", submitted.state},
       {"cancelled", cancelled.state}},
      {{"submit", JobArray::Submit{array()}},
       {"submit another", JobArray::Submit{nameless}},
       {"cancel", JobArray::Cancel{"kim"}}},
  });
}

TEST_CASE("a kitten comes once, and stays removed") {
  const KittenArrived max{"Max", "unknown", 5, 10};
  const auto here = given<Kitten>({max});
  const auto removed = here.then({KittenRemoved{}});
  CHECK(given<Kitten>({}).when(Kitten::Remove{}).error() ==
        Kitten::Rejection::kitten_does_not_exist);
  check_state_table<Kitten>({
      {{"absent", given<Kitten>({}).state}, {"here", here.state}, {"removed", removed.state}},
      {{"welcome", Kitten::Welcome{max}}, {"remove", Kitten::Remove{}}},
  });
}

#include "tests/support/job_scenario.hpp"

using namespace orrery;
using namespace orrery::jobs;

namespace {

using Types = std::vector<std::uint16_t>;
using std::chrono::minutes;
namespace mail = job_mail_type;

JobSpecification with_mail(std::uint16_t types) {
  auto wish = specification();
  wish.mail.types = types;
  return wish;
}

}  // namespace

TEST_CASE("each task of an array is a job", "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  submit_array(world, "40", 3);
  world.run();
  for (std::uint32_t place = 0; place < 3; ++place) {
    const auto job = world.state<Job>(std::to_string(40 + place));
    REQUIRE(std::holds_alternative<Job::Pending>(job));
    const auto& task = std::get<Job::Pending>(job).core.request.task;
    CHECK(task == JobArrayTask{40, place * 2, 0});
  }
  CHECK(world.job_process().array_count() == 1);
  for (const auto* id : {"40", "41", "42"}) {
    schedule(world, id, {"n1"});
    world.run();
    exit(world, id);
  }
  CHECK(world.job_process().array_count() == 0);
  check_scenario("job_array", world, first);
}

TEST_CASE("an array that is cancelled ends all of its tasks", "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  submit_array(world, "40", 3);
  world.run();
  schedule(world, "41", {"n1"});
  world.run();
  world.send<JobArray>("40", JobArray::Cancel{"kim"});
  world.run();
  for (const auto* id : {"40", "41", "42"}) {
    CHECK(is<Job::Ended>(world, id));
    CHECK(events_of<JobStopRequested>(world, std::string("job/") + id).front().by == "kim");
  }
  CHECK(world.job_process().array_count() == 0);
  check_scenario("job_array_cancelled", world, first);
}

TEST_CASE("an array may be cancelled while its tasks are made") {
  for (std::size_t made = 0; made <= 3; ++made) {
    auto world = fleet(1);
    submit_array(world, "40", 3);
    for (std::size_t i = 0; i < made; ++i) world.step();
    world.send<JobArray>("40", JobArray::Cancel{"kim"});
    world.run();
    for (const auto& [id, job] : world.all<Job>()) CHECK(std::holds_alternative<Job::Ended>(job));
    CHECK(world.job_process().job_count() == 0);
    crash_everywhere(world);
  }
}

TEST_CASE("a task that was under way when its array was cancelled ends, even after a crash") {
  auto world = fleet(1);
  submit_array(world, "40", 2);
  world.step();
  const auto late = world.owed().front();
  world.send<JobArray>("40", JobArray::Cancel{"kim"});
  world = RuleWorld::after_crash(world, world.log().size());
  world.run();
  CHECK(is<Job::Absent>(world, "41"));
  world.send(late.command, late.origin);
  world.run();
  CHECK(is<Job::Ended>(world, "40"));
  CHECK(is<Job::Ended>(world, "41"));
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("mails are noted where somebody wants them") {
  auto world = fleet(1);
  start(world, "17", {"n1"}, with_mail(mail::begin | mail::end | mail::fail));
  CHECK(mails_of(world, "17") == Types{mail::begin});
  exit(world, "17");
  CHECK(mails_of(world, "17") == Types{mail::begin, mail::end});
  start(world, "18", {"n1"}, with_mail(mail::end | mail::fail));
  exit(world, "18", 1);
  CHECK(mails_of(world, "18") == Types{mail::fail});
  start(world, "19", {"n1"}, with_mail(mail::end));
  exit(world, "19", 1);
  CHECK(mails_of(world, "19") == Types{mail::end});
  start(world, "20", {"n1"}, with_mail(mail::fail));
  stop(world, "20");
  CHECK(mails_of(world, "20").empty());
  start(world, "21", {"n1"}, with_mail(0));
  exit(world, "21");
  CHECK(mails_of(world, "21").empty());
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("mails tell of requeues, once in each attempt") {
  auto world = fleet(1);
  start(world, "17", {"n1"}, with_mail(mail::begin | mail::requeue));
  stop(world, "17", JobStopReason::requeued, true);
  schedule(world, "17", {"n1"});
  world.run();
  CHECK(mails_of(world, "17") == Types{mail::begin, mail::requeue, mail::begin});
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("mails tell how much of the time is over") {
  auto world = fleet(1);
  start(world, "17", {"n1"},
        with_mail(mail::time_limit | mail::time_limit_50 | mail::time_limit_90));
  pass(world, minutes(29));
  CHECK(mails_of(world, "17").empty());
  pass(world, minutes(1));
  CHECK(mails_of(world, "17") == Types{mail::time_limit_50});
  pass(world, minutes(24));
  CHECK(mails_of(world, "17") == Types{mail::time_limit_50, mail::time_limit_90});
  pass(world, minutes(6));
  CHECK(mails_of(world, "17") == Types{mail::time_limit_50, mail::time_limit_90, mail::time_limit});
  check_at_rest(world);
}

TEST_CASE("a warning of idle GPUs goes to who hears of the end") {
  auto rules = policy();
  rules.idle.after_min = 20;
  rules.idle.warning_min = 5;
  auto world = fleet(1, rules);
  start(world, "17", {"n1"}, with_mail(mail::end));
  use(world, "17", 0);
  pass(world, minutes(15));
  CHECK(mails_of(world, "17") == Types{mail::idle});
}

TEST_CASE("a job that waits in vain says so when it is ended for that") {
  auto world = fleet(1);
  submit(world, "17", with_mail(mail::invalid_dependency));
  stop(world, "17", JobStopReason::dependency_never_satisfied);
  CHECK(mails_of(world, "17") == Types{mail::invalid_dependency});
}

TEST_CASE("mails about an array are about all of it, unless each task is asked for") {
  for (const bool each : {false, true}) {
    auto world = fleet(1);
    const std::uint16_t types = mail::begin | mail::end | mail::fail;
    submit_array(world, "40", 3, each ? types | mail::array_tasks : types);
    world.run();
    for (const auto* id : {"41", "40", "42"}) {
      schedule(world, id, {"n1"});
      world.run();
      exit(world, id, id == std::string("40") ? 1 : 0);
    }
    CHECK(mails_of(world, "41") == (each ? Types{mail::begin, mail::end} : Types{mail::begin}));
    CHECK(mails_of(world, "40") == (each ? Types{mail::begin, mail::fail} : Types{}));
    CHECK(mails_of(world, "42") == (each ? Types{mail::begin, mail::end} : Types{mail::fail}));
    check_at_rest(world);
  }
}

TEST_CASE("counted time leaves quiet hours out, whatever the clock of the center says") {
  BatchIdleRule rule;
  const auto after = [&](std::int64_t from_h, std::int64_t span_h) {
    return after_counted(from_h * 3'600, span_h * 3'600, rule) / 3'600;
  };
  CHECK(after(5, 12) == 17);
  rule.quiet_from_min = 0;
  rule.quiet_until_min = 420;
  rule.utc_offset_min = 0;
  CHECK(after(8, 12) == 20);
  CHECK(after(8, 16) == 24);  // Just before the quiet hours.
  CHECK(after(8, 17) == 32);  // Over them.
  CHECK(after(3, 1) == 8);    // From within.
  CHECK(after(3, 0) == 3);
  CHECK(after(8, 17 * 3) == 80);
  rule.utc_offset_min = 540;  // 15:00 until 22:00 UTC.
  CHECK(after(14, 1) == 15);
  CHECK(after(14, 2) == 23);
  rule.quiet_from_min = 1'380;  // 23:00 until 07:00, over midnight.
  rule.utc_offset_min = 0;
  CHECK(after(22, 2) == 32);
  CHECK(after(2, 1) == 8);
}

TEST_CASE("names of leases are those of jobs only where they are whole") {
  CHECK(lease_of_job(17, 2, 0) == "job-17.2.0");
  const auto lease = job_of_lease("job-17.2.3");
  REQUIRE(lease.has_value());
  CHECK((lease->job_id == 17 && lease->attempt == 2 && lease->place == 3));
  for (const auto* other : {"", "job-", "job-17", "job-17.2", "job-17.2.", "job-17.2.3x",
                            "job-a.2.3", "service-17", "job-99999999999.1.0"})
    CHECK_FALSE(job_of_lease(other).has_value());
  CHECK(job_of_stream("job/17") == 17u);
  CHECK_FALSE(job_of_stream("job/x").has_value());
  CHECK_FALSE(job_of_stream("job_array/17").has_value());
}

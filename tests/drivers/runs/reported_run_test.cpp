#include "drivers/runs/reported_run.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("a run's name says what it is of") {
  CHECK(kind_of_run("17") == RunKind::service);
  CHECK(kind_of_run("job-5") == RunKind::job);
  CHECK(kind_of_run("instance-i1") == RunKind::instance);
  CHECK(instance_of_run(run_id_of_instance("instance-ccff84c2")) == "instance-ccff84c2");
  CHECK(instance_of_run("17").empty());
  CHECK(instance_of_run("job-5").empty());
}

TEST_CASE("the last report of each kind of run is that of its end") {
  const auto run_of = [](const AddressedCommand& report) {
    const auto run = end_of_report(report);
    return run ? run->run_id + "." + std::to_string(run->fence) : "";
  };
  CHECK(run_of(To<Service>{"7", Service::ReportExited{3, {}, {}}}) == "7.3");
  CHECK(run_of(To<Service>{"7", Service::ReportFailed{"x", "X.", 3}}) == "7.3");
  CHECK(run_of(To<Job>{"5", Job::ReportExited{2, {}}}) == "job-5.2");
  CHECK(run_of(To<Instance>{"i1", Instance::ReportStopped{4}}) == "instance-i1.4");
  CHECK(run_of(To<Instance>{"i1", Instance::ReportFailed{"x", "X.", 4}}) == "instance-i1.4");
  CHECK(run_of(To<Service>{"7", Service::ReportReady{3}}).empty());
  CHECK(run_of(To<Job>{"5", Job::ReportStarted{2}}).empty());
}

TEST_CASE("whose report is refused as stale or over isn't wanted any more") {
  const auto is_unwanted = [](const RefusedCommand& refused) {
    return unwanted_by(refused).has_value();
  };
  const Service::ReportReady ready{3};
  CHECK(is_unwanted(Rejected<Service>{"7", ready, Service::Rejection::fence_is_stale}));
  CHECK(is_unwanted(Rejected<Service>{"7", ready, Service::Rejection::service_has_ended}));
  CHECK_FALSE(
      is_unwanted(Rejected<Service>{"7", ready, Service::Rejection::command_does_not_fit_state}));
  const auto job =
      unwanted_by(Rejected<Job>{"5", Job::ReportStarted{2}, Job::Rejection::job_does_not_exist});
  REQUIRE(job.has_value());
  CHECK(job->run_id == "job-5");
  CHECK(job->fence == 2);
  CHECK(is_unwanted(Rejected<Instance>{"i1", Instance::ReportStarted{{}, 4},
                                       Instance::Rejection::instance_has_ended}));
}

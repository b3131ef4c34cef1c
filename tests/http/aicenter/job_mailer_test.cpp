#include "http/aicenter/job_mailer.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "events/codec.hpp"
#include "http/aicenter/job_mail_text.hpp"
#include "http/mail/mail_sender.hpp"
#include "projections/center/center_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/aicenter/center_server.hpp"
#include "tests/http/mail/scripted_mail_server.hpp"

namespace orrery {
namespace {

constexpr std::int64_t start_s = 1'772'366'400;

/// A log whose events a view and a mailer hear of, and a mail server.
struct Mails {
  Mails() {
    MailSettings settings;
    settings.smtp_url = fmt::format("smtp://127.0.0.1:{}", server.port());
    settings.from = "slurm@center.example";
    settings.require_tls = false;
    sender.emplace(settings);
    mailer.emplace(
        aicenter::JobMailer::Parts{&log, &jobs, &center, keys.get(), &*sender, "aicenter"});
  }
  Sealed sealed(const std::string& text) { return *keys->seal("center-kim", text); }

  void happened(const std::string& stream, Event event, std::int64_t at_s = start_s) {
    std::string payload;
    encode(event, payload);
    const NewEvent stored{tag_of(event), version_of(event), payload};
    Append append{stream, log.version_of(stream), {"test", 0, "test"}, {}, {stored}};
    const Time at{std::chrono::seconds(at_s)};
    const auto results = log.commit({&append, 1}, at);
    REQUIRE(results.front().has_value());
    auto batch = std::make_shared<std::vector<RecordedEvent>>();
    batch->push_back({results.front()->first_position,
                      stream,
                      results.front()->version,
                      at,
                      {},
                      std::move(event)});
    jobs.apply(batch->front());
    center.apply(batch->front());
    mailer->on_commit(batch);
  }
  void submitted(const JobMail& mail) {
    auto wanted = CenterServer::specification("train");
    wanted.mail = mail;
    happened("job/1000", JobSubmitted{wanted, {}, JobHold::none, {}, {}});
  }

  /// The n-th mail, from 1.
  ReceivedMail received(std::size_t number) {
    const auto all = server.await(number);
    REQUIRE(all.size() >= number);
    return all[number - 1];
  }

  ScriptedMailServer server;
  MemoryEventLog log;
  JobView jobs;
  CenterView center;
  std::unique_ptr<SubjectKeys> keys = SubjectKeys::in_memory();
  std::optional<MailSender> sender;
  /// The last, so that it ends before what it uses goes.
  std::optional<aicenter::JobMailer> mailer;
};

TEST_CASE("a mail that is due goes to the address that the job names", "[aicenter]") {
  Mails mails;
  mails.submitted({job_mail_type::begin, mails.sealed("kim@inha.edu")});
  mails.happened("job/1000", JobScheduled{1, "p1", {"a100-n1"}, 60, false});
  mails.happened("job/1000", JobAllocated{{{"a100-n1", {0}}}, 1});
  mails.happened("job/1000", JobStarted{}, start_s + 75);
  mails.happened("job/1000", JobMailNoted{job_mail_type::begin});
  const auto mail = mails.received(1);
  CHECK(mail.to.find("kim@inha.edu") != std::string::npos);
  CHECK(mail.message.find("Slurm Job_id=1000 Name=train Began, Queued time 00:01:15") !=
        std::string::npos);
  CHECK(mail.message.find("Nodes: a100-n1") != std::string::npos);
}

TEST_CASE("a changed address counts, and without one the person's own does", "[aicenter]") {
  Mails mails;
  CenterUserApplied application;
  application.person.email = mails.sealed("own@inha.edu");
  application.class_name = "A";
  mails.happened("center_user/kim", application);
  mails.submitted({job_mail_type::begin, {}});
  mails.happened("job/1000", JobMailNoted{job_mail_type::begin});
  CHECK(mails.received(1).to.find("own@inha.edu") != std::string::npos);
  JobChange change;
  change.mail = JobMail{job_mail_type::begin, mails.sealed("new@inha.edu")};
  mails.happened("job/1000", JobChanged{change});
  mails.happened("job/1000", JobMailNoted{job_mail_type::end});
  CHECK(mails.received(2).to.find("new@inha.edu") != std::string::npos);
}

TEST_CASE("nothing is sent for an erased person", "[aicenter]") {
  Mails mails;
  mails.submitted({job_mail_type::begin, mails.sealed("kim@inha.edu")});
  mails.keys->erase("center-kim");
  mails.happened("job/1000", JobMailNoted{job_mail_type::begin});
  mails.mailer.reset();
  CHECK(mails.sender->figures().waiting + mails.sender->figures().sent == 0);
}

JobRow ended_row() {
  JobRow job;
  job.id = 1000;
  job.status = JobStatus::failed;
  auto facts = std::make_shared<JobFacts>();
  facts->name = "train";
  job.facts = std::move(facts);
  job.submitted_at = Time{std::chrono::seconds(start_s)};
  job.started_at = Time{std::chrono::seconds(start_s + 10)};
  job.ended_at = Time{std::chrono::seconds(start_s + 10 + 90'061)};
  job.exit_code = 3;
  return job;
}

TEST_CASE("mails are headed as Slurm's are", "[aicenter]") {
  using aicenter::job_mail_subject;
  auto job = ended_row();
  CHECK(job_mail_subject(job, job_mail_type::fail) ==
        "Slurm Job_id=1000 Name=train Failed, Run time 1-01:01:01, FAILED, ExitCode 3");
  job.status = JobStatus::completed;
  job.exit_code = 0;
  CHECK(job_mail_subject(job, job_mail_type::end) ==
        "Slurm Job_id=1000 Name=train Ended, Run time 1-01:01:01, COMPLETED, ExitCode 0");
  CHECK(job_mail_subject(job, job_mail_type::begin) ==
        "Slurm Job_id=1000 Name=train Began, Queued time 00:00:10");
  job.task = JobArrayTask{1000, 7, 0};
  job.ended_at = {};
  CHECK(job_mail_subject(job, job_mail_type::time_limit_80) ==
        "Slurm Array Task Job_id=1000_7 (1000) Name=train Reached 80% of time limit");
  CHECK(job_mail_subject(job, job_mail_type::idle) ==
        "Slurm Array Task Job_id=1000_7 (1000) Name=train GPUs idle");
}

}  // namespace
}  // namespace orrery

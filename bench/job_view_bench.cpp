// The view of batch jobs: memory for each that waits, folding lives, looking one up, listing 10,000
// and all, a snapshot and back.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"
#include "projections/jobs/job_view.hpp"

using namespace orrery;

namespace {

struct Sizes {
  std::uint32_t pending;
  std::uint32_t listed;
  std::uint32_t ended;
  std::uint64_t calls;
};

/// One that differs from all others, as a sweep's jobs do, and came with a key.
JobSubmitted submitted(std::uint32_t id, std::uint32_t user_count) {
  JobSubmitted submitted;
  auto& specification = submitted.specification;
  specification.cluster = "aicenter";
  specification.user = "user" + std::to_string(id % user_count);
  specification.account = "team" + std::to_string(id % user_count % 40);
  specification.partitions = {"p1"};
  specification.qos = "normal";
  specification.name = "sweep-" + std::to_string(id);
  specification.resources.gpu_model = "a100";
  specification.resources.gpus_per_node = 1 + id % 4;
  specification.time_limit_min = 60 + id % 600;
  submitted.request_id = fmt::format("{:032x}", id * 2'654'435'761ULL);
  submitted.request_digest = std::string(32, static_cast<char>('a' + id % 20));
  return submitted;
}

/// Hands events to the view, and counts them.
class Teller {
 public:
  explicit Teller(JobView& view) : view_(view) {}

  void tell(std::uint32_t id, Version version, Event event) {
    ++position_;
    const RecordedEvent recorded{position_, "job/" + std::to_string(id),
                                 version,   Time(std::chrono::milliseconds(position_)),
                                 {},        std::move(event)};
    const Stopwatch watch;
    view_.apply(recorded);
    folding_s_ += watch.seconds();
  }

  void live(std::uint32_t id, std::uint32_t user_count) {
    tell(id, 1, submitted(id, user_count));
    tell(id, 2, JobScheduled{1, "p1", {"a100-n1"}, 60, false});
    tell(id, 3, JobAllocated{{{"a100-n1", {0, 1}}}, id});
    tell(id, 4, JobStarted{});
    tell(id, 5, JobExited{0, std::nullopt, true, ""});
    tell(id, 6, JobEnded{JobOutcome::completed, "None"});
  }

  double nanoseconds_an_event() const { return folding_s_ * 1e9 / static_cast<double>(position_); }

 private:
  JobView& view_;
  Position position_ = 0;
  double folding_s_ = 0;
};

void report(std::string_view what, std::string_view unit, double value, const std::string& more) {
  fmt::print(R"({{"bench":"{}","unit":"{}","measured":{:.2f}{}}})"
             "\n",
             what, unit, value, more);
}

/// A list with this filter.
void measure_list(const JobView& view, std::string_view what, const JobFilter& filter,
                  std::uint64_t rounds) {
  std::vector<double> times;
  std::size_t count = 0;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const Stopwatch watch;
    count = view.rows(filter).size();
    times.push_back(watch.seconds() * 1e3);
  }
  report(what, "ms", percentile(times, 0.5),
         fmt::format(R"(,"p99_ms":{:.2f},"rows":{})", percentile(times, 0.99), count));
}

void measure_waiting(const Sizes& sizes) {
  const auto before = resident_bytes();
  JobView view;
  Teller teller(view);
  for (std::uint32_t id = 1; id <= sizes.pending; ++id)
    teller.tell(id, 1, submitted(id, sizes.pending / sizes.listed));
  const auto bytes = static_cast<double>(resident_bytes() - before) / sizes.pending;
  report("job_view_pending", "bytes a job", bytes,
         fmt::format(R"(,"jobs":{},"ns_an_event":{:.0f})", sizes.pending,
                     teller.nanoseconds_an_event()));

  const Stopwatch finding;
  std::uint64_t found = 0;
  for (std::uint64_t i = 0; i < sizes.calls; ++i)
    found += view.find(1 + static_cast<std::uint32_t>(i * 7'919 % sizes.pending)) ? 1 : 0;
  report("job_view_find", "ns", finding.seconds() * 1e9 / static_cast<double>(sizes.calls),
         fmt::format(R"(,"found":{})", found));
  measure_list(view, "job_view_rows_of_a_user", {"user1", std::nullopt, 0}, 100);
  measure_list(view, "job_view_rows_of_all", {}, 20);
}

void measure_lives(const Sizes& sizes) {
  const auto before = resident_bytes();
  JobView view;
  Teller teller(view);
  for (std::uint32_t id = 1; id <= sizes.ended; ++id) teller.live(id, 100);
  const auto bytes = static_cast<double>(resident_bytes() - before) / sizes.ended;
  const Stopwatch saving;
  std::string snapshot;
  view.save(snapshot);
  const auto saving_s = saving.seconds();
  const Stopwatch loading;
  JobView loaded;
  loaded.load(snapshot);
  report(
      "job_view_lives", "ns an event", teller.nanoseconds_an_event(),
      fmt::format(R"(,"jobs":{},"bytes_an_ended_job":{:.0f},"snapshot_mb":{:.1f},"save_s":{:.3f},)"
                  R"("load_s":{:.3f})",
                  sizes.ended, bytes, static_cast<double>(snapshot.size()) / 1e6, saving_s,
                  loading.seconds()));
}

}  // namespace

int main(int argc, char** argv) {
  const auto sizes = wants_tiny(argc, argv) ? Sizes{1'000, 100, 100, 1'000}
                                            : Sizes{100'000, 10'000, 100'000, 1'000'000};
  measure_waiting(sizes);
  measure_lives(sizes);
}

#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "projections/jobs/job_view.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr std::uint32_t job_count = 4'000;
/// That never end.
constexpr std::uint32_t steady_count = 1'000;

JobSubmitted job_of(const std::string& user) {
  JobSubmitted submitted;
  submitted.specification.user = user;
  submitted.specification.partitions = {"p1"};
  return submitted;
}

std::string stream_of(std::uint32_t id) { return "job/" + std::to_string(id); }

/// After the steady ones, one job after the other comes, runs and ends.
History busy_history() {
  History history;
  for (std::uint32_t id = 0; id < steady_count; ++id)
    history.happened(stream_of(id * 4), job_of("steady"));
  for (std::uint32_t i = 0; i < job_count; ++i) {
    const auto stream = stream_of(i % 4 == 0 ? 4 * job_count + i : i);
    history.happened(stream, job_of("busy"));
    history.happened(stream, JobScheduled{1, "p1", {"n"}, 60, false});
    history.happened(stream, JobAllocated{{{"n", {0}}}, 1});
    history.happened(stream, JobStarted{});
    history.happened(stream, JobExited{0, std::nullopt, true, ""});
    history.happened(stream, JobEnded{});
  }
  return history;
}

bool is_whole(const JobRow& row) {
  if (!row.facts || row.version == 0) return false;
  if (row.status == JobStatus::running)
    return row.version == 4 && row.run && row.started_at != Time{};
  return row.status != JobStatus::completed || (row.version == 6 && row.exit_code == 0u);
}

/// One list of each kind, beside the thread that writes.
bool lists_are_whole(const JobView& view) {
  const auto all = view.rows({"", 0, 0});
  const auto ids_ascend =
      std::ranges::adjacent_find(all, std::ranges::greater_equal{}, &JobRow::id) == all.end();
  const auto steady = view.rows({"steady", std::nullopt, 0});
  return ids_ascend && std::ranges::all_of(all, is_whole) &&
         std::ranges::is_sorted(steady, {}, &JobRow::id);
}

}  // namespace

TEST_CASE("jobs are read, one and all, while others come and end") {
  const auto history = busy_history();
  JobView view;
  for (std::size_t i = 0; i < steady_count; ++i) view.apply(history.events()[i]);
  std::atomic<bool> done = false;
  std::atomic<int> wrong_count = 0;
  const auto read = [&] {
    for (std::uint32_t id = 0; !done; id = (id + 1) % job_count) {
      if (const auto one = view.find(id); one && (one->id != id || !is_whole(*one))) ++wrong_count;
      if (id % 100 != 0) continue;
      if (!lists_are_whole(view)) ++wrong_count;
      // Whoever lives all the while is in every list.
      if (view.rows({"steady", std::nullopt, 0}).size() != steady_count) ++wrong_count;
      if (std::ranges::count(view.rows({}), "steady",
                             [](const JobRow& row) { return row.facts->user; }) != steady_count)
        ++wrong_count;
    }
  };
  std::thread one(read);
  std::thread other(read);
  for (std::size_t i = steady_count; i < history.events().size(); ++i)
    view.apply(history.events()[i]);
  done = true;
  one.join();
  other.join();
  CHECK(wrong_count == 0);
  CHECK(view.living_count() == steady_count);
  CHECK(view.rows({"busy", 0, 0}).size() == job_count);
}

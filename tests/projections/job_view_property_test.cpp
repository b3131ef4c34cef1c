#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "projections/jobs/job_view.hpp"
#include "tests/projections/random_history.hpp"

using namespace orrery;

namespace {

/// What the list must be, found by asking for every id there can be.
std::vector<JobRow> looked_up(const JobView& view, const JobFilter& filter) {
  std::vector<JobRow> rows;
  for (std::uint32_t id = 0; id < 1'000; ++id) {
    auto row = view.find(id);
    if (!row || (!filter.user.empty() && row->facts->user != filter.user)) continue;
    const auto ended_s = std::chrono::floor<std::chrono::seconds>(row->ended_at);
    const bool shows_end =
        filter.ended_since_s && ended_s.time_since_epoch().count() >= *filter.ended_since_s;
    if (!has_ended(row->status) || shows_end) rows.push_back(*std::move(row));
  }
  return rows;
}

bool same(const std::vector<JobRow>& left, const std::vector<JobRow>& right) {
  return std::ranges::equal(left, right, [](const JobRow& a, const JobRow& b) {
    return a.id == b.id && a.version == b.version && a.facts == b.facts && a.status == b.status;
  });
}

}  // namespace

TEST_CASE("whatever happens to jobs, lists and counts agree with the jobs one by one") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    const RandomHistory history(seed, 6'000);
    JobView view;
    history.fold_into(view);
    for (const char* user : {"", "user0", "user1", "user2", "nobody"})
      for (const auto since : {std::optional<std::int64_t>{}, std::optional<std::int64_t>{0},
                               std::optional<std::int64_t>{3'000}}) {
        const JobFilter filter{user, since, 0};
        REQUIRE(same(view.rows(filter), looked_up(view, filter)));
      }
    JobView::Counts counts{};
    std::map<std::string, std::uint32_t> living;
    for (const auto& row : view.rows({"", 0, 0})) {
      ++counts[static_cast<std::size_t>(row.status)];
      if (!has_ended(row.status)) ++living[row.facts->user];
    }
    REQUIRE(view.counts() == counts);
    std::uint32_t in_all = 0;
    for (const auto& [user, count] : living) {
      REQUIRE(view.living_count(user) == count);
      in_all += count;
    }
    REQUIRE(view.living_count() == in_all);
  }
}

#include <algorithm>

#include "actors/batch/batch_scheduler_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery {
namespace {

struct SavedCenter {
  std::optional<BatchPolicy> policy;
  std::string book;
  std::vector<batch::Usage> usages;
  BOOST_DESCRIBE_CLASS(SavedCenter, (), (policy, book, usages), (), ())
};

struct SavedScheduler {
  std::string nodes;
  std::string people;
  std::map<std::string, SavedCenter, std::less<>> centers;
  Time now{};
  Position position = 0;
  std::map<std::uint32_t, std::int64_t> shunned;
  BOOST_DESCRIBE_CLASS(SavedScheduler, (), (nodes, people, centers, now, position, shunned), (), ())
};

/// Without those who have used nothing: whether they are counted yet depends on the last pass.
std::vector<batch::Usage> of_those_who_used(std::vector<batch::Usage> usages) {
  const auto is_none = [](const batch::Usage& usage) {
    return usage.value == 0 && usage.rate == 0;
  };
  for (auto& usage : usages)
    if (is_none(usage)) usage = {};
  while (!usages.empty() && is_none(usages.back())) usages.pop_back();
  return usages;
}

}  // namespace

void BatchScheduler::State::save(std::string& out) const {
  SavedScheduler saved;
  nodes_.save(saved.nodes);
  people_.save(saved.people);
  for (const auto& [cluster, center] : centers_) {
    auto& to = saved.centers[cluster];
    to.policy = center.policy;
    to.usages = of_those_who_used(center.usages);
    center.book.save(to.book);
  }
  saved.now = folded_at_;
  saved.position = position_;
  saved.shunned = shunned_;
  ByteWriter{out}(saved);
}

void BatchScheduler::State::load(std::string_view bytes) {
  SavedScheduler saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  nodes_.load(saved.nodes);
  people_.load(saved.people);
  centers_.clear();
  for (auto& [cluster, from] : saved.centers) {
    auto& center = centers_[cluster];
    center.policy = std::move(from.policy);
    center.usages = std::move(from.usages);
    center.usages.resize(std::max(center.usages.size(), people_.associations().size()));
    center.book.load(from.book);
  }
  folded_at_ = now_ = saved.now;
  position_ = saved.position;
  shunned_ = std::move(saved.shunned);
}

}  // namespace orrery

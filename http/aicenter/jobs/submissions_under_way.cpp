#include "http/aicenter/jobs/submissions_under_way.hpp"

#include <utility>

namespace orrery::aicenter {

SubmissionsUnderWay::Hold::Hold(std::shared_ptr<SubmissionsUnderWay> counts,
                                std::vector<std::string> names, std::uint32_t count)
    : counts_(std::move(counts)), names_(std::move(names)), count_(count) {
  const std::scoped_lock lock(counts_->mutex_);
  for (const auto& name : names_) {
    auto& under_way = counts_->counts_[name];
    others_.push_back(under_way);
    under_way += count_;
  }
}

SubmissionsUnderWay::Hold::~Hold() {
  const std::scoped_lock lock(counts_->mutex_);
  for (const auto& name : names_) {
    const auto found = counts_->counts_.find(name);
    found->second -= count_;
    if (found->second == 0) counts_->counts_.erase(found);
  }
}

}  // namespace orrery::aicenter

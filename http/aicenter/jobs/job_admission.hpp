#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "actors/batch/admission.hpp"
#include "http/aicenter/authentication.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/errors.hpp"
#include "projections/center/center_view.hpp"

namespace orrery::aicenter {

/// What an admission goes by, as the views know it now. Holds what the facts point to.
class AdmissionFactsNow {
 public:
  /// `owner`: whose job it is; `account`: the one that it is accounted to, empty: his own.
  AdmissionFactsNow(const AicenterContext& context, const Caller& caller, CenterView::User owner,
                    std::string_view account, std::uint32_t task_count);
  AdmissionFactsNow(const AdmissionFactsNow&) = delete;
  AdmissionFactsNow& operator=(const AdmissionFactsNow&) = delete;

  const batch::AdmissionFacts& facts() const { return facts_; }
  /// False where the cluster has no policy: nothing can be admitted then.
  bool has_policy() const { return policy_ != nullptr; }

 private:
  std::shared_ptr<const BatchPolicy> policy_;
  CenterView::User owner_;
  CenterView::Team team_;
  std::vector<batch::NodeSize> nodes_;
  batch::AdmissionFacts facts_;
};

/// Slurm's number of a refusal.
int number_of(batch::Refusal refusal);

}  // namespace orrery::aicenter

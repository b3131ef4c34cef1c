#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/folds/quota_check.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// What a project may have, and has.
struct ProjectQuota {
  ProjectLimits limits;
  QuotaUse use;
  /// Version of the quota's stream; 0 where nothing was ever set.
  Version version = 0;
};

/// The quotas of every project and their use, counted as the processes count it: an operation in
/// progress counts from its start. Money isn't counted here, but metered.
class QuotaView : public View {
 public:
  QuotaView();
  ~QuotaView() override;

  ProjectQuota of(std::string_view project_id) const;

  /// The first quota that wouldn't allow `demand`; nothing where all do. For an answer at once:
  /// somebody else may be faster still, and then the operation fails with the same words.
  std::optional<QuotaExceeded> check(std::string_view project_id, const QuotaDemand& demand) const;

  std::string_view name() const override { return "quotas"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<QuotaView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery

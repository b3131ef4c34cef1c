#include "projections/quotas/quota_view.hpp"

#include <mutex>
#include <shared_mutex>
#include <string>

#include "events/folds/disk_usage.hpp"
#include "events/folds/vm_usage.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

struct QuotaView::State {
  mutable WriterFirstMutex mutex;
  VmUsage vms;
  DiskUsage disks;
  /// Of the quotas' streams, by project.
  IdMap<Version> versions;
};

QuotaView::QuotaView() : state_(std::make_unique<State>()) {}
QuotaView::~QuotaView() = default;

ProjectQuota QuotaView::of(std::string_view project_id) const {
  const std::shared_lock lock(state_->mutex);
  ProjectQuota quota{state_->vms.limits(project_id), state_->vms.use(project_id), 0};
  const auto& disks = state_->disks.use(project_id);
  quota.use.disks = disks.disks;
  quota.use.disk_gib = disks.disk_gib;
  if (const auto* version = state_->versions.find(project_id)) quota.version = *version;
  return quota;
}

std::optional<QuotaExceeded> QuotaView::check(std::string_view project_id,
                                              const QuotaDemand& demand) const {
  const auto quota = of(project_id);
  return check_quota(quota.limits, quota.use, demand);
}

void QuotaView::apply(const RecordedEvent& recorded) {
  const bool for_vms = VmUsage::concerns(recorded);
  const bool for_disks = DiskUsage::concerns(recorded);
  if (!for_vms && !for_disks) return;
  const std::unique_lock lock(state_->mutex);
  if (for_vms) state_->vms.apply(recorded);
  if (for_disks) state_->disks.apply(recorded);
  if (std::holds_alternative<QuotaSet>(recorded.event))
    state_->versions.insert(stream_id(recorded.stream), recorded.version);
}

void QuotaView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->vms.save(writer);
  state_->disks.save(writer);
  state_->versions.save(writer);
}

void QuotaView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->vms.load(reader);
  loaded->disks.load(reader);
  loaded->versions.load(reader);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery

#include "http/aifactory/model_traffic.hpp"

#include <utility>

namespace orrery::aifactory {

namespace {

/// The entry for `id`, which is made where there is none.
template <class Map>
auto& entry_of(Map& map, std::string_view id) {
  if (map.size() >= ModelTraffic::entry_count_max) map.clear();
  return map[std::string(id)];
}

}  // namespace

std::size_t ModelTraffic::next_turn(std::string_view group_id) {
  const std::scoped_lock lock(mutex_);
  return entry_of(turns_, group_id)++;
}

void ModelTraffic::suspect(std::string_view service_id, Time now) {
  const std::scoped_lock lock(mutex_);
  entry_of(suspects_, service_id) = now + suspicion;
}

bool ModelTraffic::is_suspect(std::string_view service_id, Time now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = suspects_.find(std::string(service_id));
  return found != suspects_.end() && now < found->second;
}

std::optional<std::string> ModelTraffic::model_of(std::string_view service_id, std::uint64_t fence,
                                                  Time now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = models_.find(std::string(service_id));
  if (found == models_.end()) return std::nullopt;
  const auto& model = found->second;
  if (model.fence != fence || now >= model.until) return std::nullopt;
  return model.name;
}

void ModelTraffic::remember_model(std::string_view service_id, std::uint64_t fence,
                                  std::string model, Time now) {
  const std::scoped_lock lock(mutex_);
  entry_of(models_, service_id) = {fence, std::move(model), now + model_age_max};
}

void ModelTraffic::forget_model(std::string_view service_id) {
  const std::scoped_lock lock(mutex_);
  models_.erase(std::string(service_id));
}

}  // namespace orrery::aifactory

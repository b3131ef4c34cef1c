#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// No GPU appears from nowhere or is lost: at rest every GPU of every node is registered, and each
/// is either free or claimed by a lease that is granted it and has not ended; what a lease holds is
/// exactly what it was granted.
class GpusConserved : public Checker {
 public:
  std::string_view name() const override { return "gpus_conserved"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  void registered(const RecordedEvent& recorded, const GpuRegistered& gpu);

  /// Node id → count of its GPUs.
  std::map<std::string, std::uint32_t> nodes_;
  /// GPU id → lease that claims it; empty where it is free.
  std::map<std::string, std::string> gpus_;
  /// Lease id → GPU ids, of those that are granted and have not ended.
  std::map<std::string, std::set<std::string>> grants_;
};

}  // namespace orrery

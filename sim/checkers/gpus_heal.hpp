#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// A GPU in quarantine goes one way back: repaired while no lease is on it, tested, in service or
/// back again. Nothing is claimed meanwhile. At rest every GPU is healthy.
class GpusHeal : public Checker {
 public:
  std::string_view name() const override { return "gpus_heal"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Out of service.
  std::size_t broken_count() const;

 private:
  enum class Health : std::uint8_t { healthy, quarantined, in_repair, in_verification };
  struct Gpu {
    Health health = Health::healthy;
    std::string lease_id;
  };

  void expect(bool holds, const RecordedEvent& recorded, const char* what);

  /// By stream.
  std::map<std::string, Gpu> gpus_;
};

}  // namespace orrery

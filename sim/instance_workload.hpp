#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "sim/seeded_random.hpp"

namespace orrery {

/// What the customers of the NeoLink dialect want of a small fleet, drawn by chance: they order
/// instances in the clusters of the other workload, switch them off and on, delete them, and pay
/// in. Ids count up: the same seed wants the same.
class InstanceWorkload {
 public:
  struct Place {
    std::string cluster;
    WhenFull when_full = WhenFull::refuse;
  };
  explicit InstanceWorkload(std::vector<Place> places) : places_(std::move(places)) {}

  /// The wallets to begin with: one with much in it, one that is soon empty.
  std::vector<AddressedCommand> customers() const;

  /// Now and then one that is larger than any node, or of a volume that was made before. By the
  /// hour, or for some days.
  AddressedCommand order(SeededRandom& random, Time now);
  /// Switches off (now and then with a snapshot) or on, deletes, or pays for longer, one of the
  /// instances asked for so far, whatever has become of it; or somebody pays in, or is given a
  /// coupon.
  AddressedCommand want(SeededRandom& random, Time now);
  AddressedCommand delete_instance(std::size_t index) const;

  std::size_t instance_count() const { return orders_.size(); }
  static std::string instance_id(std::size_t index) { return "instance-" + std::to_string(index); }

 private:
  struct Ordered {
    std::string customer;
    OrderTerms terms;
  };
  OrderTerms draw_terms(SeededRandom& random, Time now) const;
  std::vector<VolumeMount> draw_volumes(SeededRandom& random, const std::string& customer,
                                        const std::string& cluster);
  AddressedCommand stop(SeededRandom& random, std::string id);
  AddressedCommand pay(SeededRandom& random, Time now);
  AddressedCommand renew(std::size_t index, Time now);

  struct Made {
    std::string customer;
    std::string cluster;
  };
  std::vector<Place> places_;
  std::vector<Ordered> orders_;
  std::vector<Made> volumes_;
  std::size_t image_count_ = 0;
  std::size_t payment_count_ = 0;
};

}  // namespace orrery

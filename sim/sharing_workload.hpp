#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "sim/seeded_random.hpp"

namespace orrery {

/// What the people of the marketplace want, drawn by chance: they register, with so few names that
/// they meet, change names and passwords, sign in and out, offer machines and withdraw them, ask
/// and are answered, and are erased. It also speaks for the machines themselves. Ids count up: the
/// same seed wants the same.
class SharingWorkload {
 public:
  AddressedCommand want(SeededRandom& random);

  /// The end of an inference that nobody answered.
  static AddressedCommand give_up(std::string inference_id);

 private:
  AddressedCommand register_client(SeededRandom& random);
  AddressedCommand change_client(SeededRandom& random) const;
  AddressedCommand offer(SeededRandom& random);
  AddressedCommand report(SeededRandom& random) const;
  AddressedCommand ask(SeededRandom& random);
  AddressedCommand change_inference(SeededRandom& random) const;

  std::size_t client_count_ = 0;
  std::size_t record_count_ = 0;
  std::size_t node_count_ = 0;
  std::size_t inference_count_ = 0;
};

}  // namespace orrery

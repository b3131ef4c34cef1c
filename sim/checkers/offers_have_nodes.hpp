#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// In the end every machine that is offered has a node that was ready, as it was described, and
/// every node of an offer that is withdrawn is out of use: lost and cordoned. What an erased client
/// offered is withdrawn.
class OffersHaveNodes : public Checker {
 public:
  std::string_view name() const override { return "offers_have_nodes"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  struct Offer {
    std::string client_id;
    std::uint32_t gpu_count = 0;
    bool is_withdrawn = false;
  };
  struct Machine {
    bool is_ready = false;
    bool has_been_ready = false;
    bool is_cordoned = false;
  };
  void registered(const RecordedEvent& recorded, const NodeRegistered& event);
  void changed(const std::string& node_id, const Event& event);

  /// By the id of the shared node.
  std::map<std::string, Offer> offers_;
  std::set<std::string> erased_clients_;
  /// By the id of the node; those that owners look after.
  std::map<std::string, Machine> machines_;
};

}  // namespace orrery

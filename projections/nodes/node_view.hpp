#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/view.hpp"

namespace orrery {

/// Somebody's word that a node gets no new work. `owner` as in `NodeCordoned`.
struct NodeCordonDetails {
  std::string owner;
  std::string reason;

  bool operator==(const NodeCordonDetails&) const = default;
  BOOST_DESCRIBE_CLASS(NodeCordonDetails, (), (owner, reason), (), ())
};

struct NodeDetails {
  std::string id;
  NodeRegistered description;
  bool ready = false;
  /// In the order in which they came; mostly none.
  std::vector<NodeCordonDetails> cordons;
  /// Why it was lost or cordoned, whichever came last; empty while it is neither.
  std::string reason;
  /// When its state changed last.
  Time since{};

  bool is_cordoned() const { return !cordons.empty(); }

  BOOST_DESCRIBE_CLASS(NodeDetails, (), (id, description, ready, cordons, reason, since), (), ())
};

/// The machines, for those who run them. What is free is `AvailabilityView`'s to say.
class NodeView : public View {
 public:
  NodeView();
  ~NodeView() override;

  std::optional<NodeDetails> find(std::string_view id) const;
  /// By id, those after `after`, at most `limit`; of one cluster where one is named.
  std::vector<NodeDetails> list(std::string_view cluster, std::string_view after,
                                std::size_t limit) const;

  std::string_view name() const override { return "nodes.3"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<NodeView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery

#include "actors/shared_node/shared_node.hpp"

#include "actors/shared_node/shared_node_of.hpp"

namespace orrery {

using Answer = Decision<SharedNode::Event, SharedNode::Rejection>;

Answer SharedNode::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Absent&, const Register& offer) -> Answer {
                          if (offer.request.model.empty())
                            return Rejection::model_must_not_be_empty;
                          if (offer.request.token_digest.size() != 32)
                            return Rejection::token_digest_must_have_32_bytes;
                          return happens<Answer>(offer.request);
                        },
                        [](const Absent&, const Withdraw&) -> Answer {
                          return Rejection::shared_node_does_not_exist;
                        },
                        [](const Offered& offered, const Register& offer) -> Answer {
                          if (offer.request == offered.request) return nothing_happens<Answer>();
                          return Rejection::shared_node_exists_already;
                        },
                        [](const Offered&, const Withdraw& withdrawal) -> Answer {
                          return happens<Answer>(SharedNodeWithdrawn{withdrawal.reason});
                        },
                        [](const Withdrawn&, const Register&) -> Answer {
                          return Rejection::shared_node_exists_already;
                        },
                        [](const Withdrawn&, const Withdraw&) { return nothing_happens<Answer>(); },
                    },
                    state, command);
}

SharedNode::State SharedNode::evolve(State, const Event& event) {
  return std::visit(
      Match{
          [](const SharedNodeRegistered& request) -> State { return Offered{request}; },
          [](const SharedNodeWithdrawn&) -> State { return Withdrawn{}; },
      },
      event);
}

namespace {
constexpr std::string_view node_id_prefix = "shared-";
}  // namespace

std::string node_id_of_shared(std::string_view shared_node_id) {
  return std::string(node_id_prefix).append(shared_node_id);
}

std::optional<std::string_view> shared_node_of(std::string_view node_id) {
  if (!node_id.starts_with(node_id_prefix)) return std::nullopt;
  return node_id.substr(node_id_prefix.size());
}

}  // namespace orrery

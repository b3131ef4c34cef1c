#include "actors/region/region.hpp"

#include <optional>

namespace orrery {

using Answer = Decision<Region::Event, Region::Rejection>;
using Rejection = Region::Rejection;

namespace {

std::optional<Rejection> problem_of(const RegionDeclared& region) {
  if (region.name.empty()) return Rejection::name_must_not_be_empty;
  if (region.cluster.empty()) return Rejection::cluster_must_not_be_empty;
  return std::nullopt;
}

}  // namespace

Answer Region::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Declare& declare) -> Answer {
            if (const auto problem = problem_of(declare.offer)) return *problem;
            return happens<Answer>(declare.offer);
          },
          [](const Offered& known, const Declare& declare) -> Answer {
            if (declare.offer == known.offer) return nothing_happens<Answer>();
            if (const auto problem = problem_of(declare.offer)) return *problem;
            return happens<Answer>(declare.offer);
          },
          [](const Absent&, const Withdraw&) { return nothing_happens<Answer>(); },
          [](const Offered&, const Withdraw&) { return happens<Answer>(RegionWithdrawn{}); },
      },
      state, command);
}

Region::State Region::evolve(State, const Event& event) {
  return std::visit(Match{
                        [](const RegionDeclared& offer) -> State { return Offered{offer}; },
                        [](const RegionWithdrawn&) -> State { return Absent{}; },
                    },
                    event);
}

}  // namespace orrery

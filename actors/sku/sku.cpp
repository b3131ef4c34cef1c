#include "actors/sku/sku.hpp"

#include <optional>

namespace orrery {

using Answer = Decision<Sku::Event, Sku::Rejection>;
using Rejection = Sku::Rejection;

namespace {

constexpr std::uint32_t gpu_count_max = 16;
/// A million CNY: whatever is computed with it stays far from the end of 64 bits.
constexpr std::int64_t price_fen_max = 100'000'000;

bool is_well_formed(const Discount& discount) {
  if (discount.id.empty()) return discount == Discount{};
  return discount.ratio_e4 > 0 && discount.ratio_e4 <= 10'000 &&
         discount.starts_at_s < discount.ends_at_s;
}

std::optional<Rejection> problem_of(const SkuDeclared& sku) {
  if (sku.region_id.empty()) return Rejection::region_must_not_be_empty;
  if (sku.gpu_count < 1 || sku.gpu_count > gpu_count_max)
    return Rejection::gpu_count_must_be_1_to_16;
  if (sku.price_fen < 1 || sku.price_fen > price_fen_max) return Rejection::price_must_be_positive;
  if (!is_well_formed(sku.discount)) return Rejection::discount_is_malformed;
  return std::nullopt;
}

}  // namespace

Answer Sku::decide(const State& state, const Command& command) {
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
          [](const Offered&, const Withdraw&) { return happens<Answer>(SkuWithdrawn{}); },
      },
      state, command);
}

Sku::State Sku::evolve(State, const Event& event) {
  return std::visit(Match{
                        [](const SkuDeclared& offer) -> State { return Offered{offer}; },
                        [](const SkuWithdrawn&) -> State { return Absent{}; },
                    },
                    event);
}

}  // namespace orrery

#include "actors/reservation/reservation.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Reservation::Event, Reservation::Rejection>;

namespace {

Answer decide_declare(const ReservationDeclared& wish) {
  if (wish.vm_count == 0) return Reservation::Rejection::vm_count_must_not_be_zero;
  if (wish.ends_at_us <= wish.starts_at_us) return Reservation::Rejection::end_must_be_after_start;
  return happens<Answer>(wish);
}

/// Of a reservation that is known already, ended or not.
Answer decide_declare_again(const ReservationDeclared& known, const ReservationDeclared& wish) {
  if (wish == known) return nothing_happens<Answer>();
  return Reservation::Rejection::reservation_exists_already;
}

Answer decide_take(const Reservation::Open& known, const Reservation::Take& take) {
  const auto& declaration = known.declaration;
  if (known.vm_ids.count(take.vm_id) != 0) return nothing_happens<Answer>();
  if (take.vm_type != declaration.vm_type)
    return Reservation::Rejection::reservation_is_for_another_type;
  if (take.location != declaration.location)
    return Reservation::Rejection::reservation_is_at_another_location;
  if (known.vm_ids.size() >= declaration.vm_count)
    return Reservation::Rejection::reservation_is_full;
  return happens<Answer>(ReservationTaken{take.vm_id});
}

Answer decide_give_back(const std::set<std::string>& vm_ids, const std::string& vm_id) {
  return vm_ids.count(vm_id) == 0 ? nothing_happens<Answer>()
                                  : happens<Answer>(ReservationGivenBack{vm_id});
}

std::set<std::string>& vm_ids_of(Reservation::State& state) {
  if (auto* ended = std::get_if<Reservation::Ended>(&state)) return ended->vm_ids;
  return std::get<Reservation::Open>(state).vm_ids;
}

}  // namespace

Answer Reservation::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Declare& declare) { return decide_declare(declare.declaration); },
          [](const Absent&, const auto&) -> Answer {
            return Rejection::reservation_does_not_exist;
          },

          [](const Open& known, const Declare& declare) {
            return decide_declare_again(known.declaration, declare.declaration);
          },
          [](const Open& known, const Take& take) { return decide_take(known, take); },
          [](const Open& known, const GiveBack& back) {
            return decide_give_back(known.vm_ids, back.vm_id);
          },
          [](const Open&, const End&) { return happens<Answer>(ReservationEnded{}); },

          [](const Ended& known, const Declare& declare) {
            return decide_declare_again(known.declaration, declare.declaration);
          },
          [](const Ended& known, const Take& take) -> Answer {
            if (known.vm_ids.count(take.vm_id) != 0) return nothing_happens<Answer>();
            return Rejection::reservation_has_ended;
          },
          [](const Ended& known, const GiveBack& back) {
            return decide_give_back(known.vm_ids, back.vm_id);
          },
          [](const Ended&, const End&) { return nothing_happens<Answer>(); },
      },
      state, command);
}

Reservation::State Reservation::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const ReservationDeclared& declaration) -> State {
                          return Open{declaration, {}};
                        },
                        [&](const ReservationTaken& taken) {
                          vm_ids_of(state).insert(taken.vm_id);
                          return std::move(state);
                        },
                        [&](const ReservationGivenBack& back) {
                          vm_ids_of(state).erase(back.vm_id);
                          return std::move(state);
                        },
                        [&](const ReservationEnded&) -> State {
                          auto& open = std::get<Open>(state);
                          return Ended{std::move(open.declaration), std::move(open.vm_ids)};
                        },
                    },
                    event);
}

}  // namespace orrery

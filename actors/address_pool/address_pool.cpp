#include "actors/address_pool/address_pool.hpp"

#include "actors/network/ipv4_block.hpp"

namespace orrery {

using Answer = Decision<AddressPool::Event, AddressPool::Rejection>;

Answer AddressPool::decide(const State& state, const Command& command) {
  const auto& wish = std::get<Declare>(command).declaration;
  const auto wanted = Ipv4Block::parse(wish.cidr);
  if (wish.location.empty()) return Rejection::location_must_not_be_empty;
  if (!wanted) return Rejection::cidr_must_be_an_ipv4_network;
  return std::visit(Match{
                        [&](const Absent&) { return happens<Answer>(wish); },
                        [&](const Declared& pool) -> Answer {
                          const auto& known = pool.declaration;
                          if (wish == known) return nothing_happens<Answer>();
                          if (wish.location != known.location)
                            return Rejection::pool_is_at_another_location;
                          if (!wanted->contains(*Ipv4Block::parse(known.cidr)))
                            return Rejection::pool_must_not_lose_addresses;
                          return happens<Answer>(wish);
                        },
                    },
                    state);
}

AddressPool::State AddressPool::evolve(State, const Event& event) {
  return std::visit(
      [](const AddressPoolDeclared& declaration) -> State { return Declared{declaration}; }, event);
}

}  // namespace orrery

#include "actors/image/image.hpp"

namespace orrery {

using Answer = Decision<Image::Event, Image::Rejection>;

Answer Image::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Absent&, const Publish& publish) -> Answer {
                          if (publish.description.name.empty())
                            return Rejection::name_must_not_be_empty;
                          return happens<Answer>(publish.description);
                        },
                        [](const Published& image, const Publish& publish) -> Answer {
                          if (publish.description == image.description)
                            return nothing_happens<Answer>();
                          if (publish.description.name.empty())
                            return Rejection::name_must_not_be_empty;
                          return happens<Answer>(publish.description);
                        },
                    },
                    state, command);
}

Image::State Image::evolve(State, const Event& event) {
  return std::visit([](const ImagePublished& image) -> State { return Published{image}; }, event);
}

}  // namespace orrery

#include "actors/container_image/container_image.hpp"

namespace orrery {

using Answer = Decision<ContainerImage::Event, ContainerImage::Rejection>;
using Rejection = ContainerImage::Rejection;

namespace {

template <class Image>
Answer first(const Image& image) {
  if (image.image.empty()) return Rejection::name_must_not_be_empty;
  return happens<Answer>(image);
}

template <class Image>
Answer again(const Image& known, const Image& image) {
  if (image == known) return nothing_happens<Answer>();
  return Rejection::image_exists_already;
}

}  // namespace

Answer ContainerImage::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Publish& publish) { return first(publish.image); },
          [](const Absent&, const Save& save) { return first(save.image); },
          [](const Absent&, const Withdraw&) -> Answer { return Rejection::image_does_not_exist; },

          [](const Published& known, const Publish& publish) {
            return again(known.image, publish.image);
          },
          [](const Published&, const Save&) -> Answer { return Rejection::image_exists_already; },
          [](const Published&, const Withdraw&) {
            return happens<Answer>(ContainerImageWithdrawn{});
          },

          [](const Saved& known, const Save& save) { return again(known.image, save.image); },
          [](const Saved&, const Publish&) -> Answer { return Rejection::image_exists_already; },
          [](const Saved&, const Withdraw&) { return happens<Answer>(ContainerImageWithdrawn{}); },

          [](const Withdrawn&, const Publish& publish) { return first(publish.image); },
          [](const Withdrawn&, const Save&) -> Answer { return Rejection::image_has_ended; },
          [](const Withdrawn&, const Withdraw&) { return nothing_happens<Answer>(); },
      },
      state, command);
}

ContainerImage::State ContainerImage::evolve(State, const Event& event) {
  return std::visit(
      Match{
          [](const ContainerImagePublished& image) -> State { return Published{image}; },
          [](const ContainerImageSaved& image) -> State { return Saved{image}; },
          [](const ContainerImageWithdrawn&) -> State { return Withdrawn{}; },
      },
      event);
}

}  // namespace orrery

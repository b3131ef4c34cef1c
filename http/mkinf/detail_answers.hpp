#pragma once

#include <memory>
#include <string>

#include "projections/runtime/prepared_answer.hpp"

namespace orrery::mkinf {

/// Answers about resources whose view keeps no prepared ones. `render` gives the bytes of one.

template <class Details, class Render>
PreparedAnswer answer_of(const Details& details, const Render& render) {
  return {std::make_shared<const std::string>(render(details)), details.version};
}

template <class Details, class Render>
Page<PreparedAnswer> answers_of(const Page<Details>& page, const Render& render) {
  Page<PreparedAnswer> answers;
  answers.more = page.more;
  answers.next = page.next;
  for (const auto& placed : page.items)
    answers.items.push_back({placed.place, answer_of(placed.item, render)});
  return answers;
}

}  // namespace orrery::mkinf

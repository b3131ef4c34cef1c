#include "actors/notice/notice.hpp"

namespace orrery {

using Answer = Decision<Notice::Event, Notice::Rejection>;

Answer Notice::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Post& post) -> Answer {
            if (post.notice.title.empty()) return Rejection::title_must_not_be_empty;
            return happens<Answer>(post.notice);
          },
          [](const Absent&, const Withdraw&) -> Answer { return Rejection::notice_does_not_exist; },
          [](const Posted& posted, const Post& post) -> Answer {
            if (post.notice == posted.notice) return nothing_happens<Answer>();
            return Rejection::notice_exists_already;
          },
          [](const Posted&, const Withdraw&) -> Answer {
            return happens<Answer>(NoticeWithdrawn{});
          },
          [](const Withdrawn&, const Post&) -> Answer { return Rejection::notice_exists_already; },
          [](const Withdrawn&, const Withdraw&) { return nothing_happens<Answer>(); },
      },
      state, command);
}

Notice::State Notice::evolve(State, const Event& event) {
  return std::visit(Match{
                        [](const NoticePosted& notice) -> State { return Posted{notice}; },
                        [](const NoticeWithdrawn&) -> State { return Withdrawn{}; },
                    },
                    event);
}

}  // namespace orrery

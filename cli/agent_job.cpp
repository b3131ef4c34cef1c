#include "cli/agent_job.hpp"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery {

namespace {

/// Of the pieces in one request: in JSON they may grow sixfold, and a MiB is what a body may have.
constexpr std::size_t delivery_bytes_max = 128 * 1024;

}  // namespace

void AgentJob::put(std::string piece) {
  if (has_ended()) return;
  waiting_bytes_ += piece.size();
  pieces_.push_back(std::move(piece));
  if (waiting_bytes_ > waiting_bytes_max) put_problem(gpushare::ModelProblem::node_failed);
}

void AgentJob::give_up() {
  pieces_.clear();
  waiting_bytes_ = 0;
  in_flight_count_ = 0;
  problem_ = gpushare::ModelProblem::node_failed;
}

std::string AgentJob::delivery() {
  boost::json::array pieces;
  std::size_t bytes = 0;
  for (const auto& piece : pieces_) {
    if (!pieces.empty() && bytes + piece.size() > delivery_bytes_max) break;
    bytes += piece.size();
    pieces.emplace_back(piece);
  }
  in_flight_count_ = pieces.size();
  end_is_in_flight_ = has_ended() && pieces.size() == pieces_.size();
  boost::json::object body{{"first", first_}, {"pieces", std::move(pieces)}};
  if (end_is_in_flight_ && problem_)
    body["error"] = *problem_ == gpushare::ModelProblem::refused ? "refused" : "failed";
  else if (end_is_in_flight_)
    body["end"] = boost::json::object{{"tokens", *end_token_count_}};
  return boost::json::serialize(body);
}

bool AgentJob::delivered() {
  first_ += in_flight_count_;
  for (; in_flight_count_ > 0; --in_flight_count_) {
    waiting_bytes_ -= pieces_.front().size();
    pieces_.pop_front();
  }
  return end_is_in_flight_;
}

}  // namespace orrery

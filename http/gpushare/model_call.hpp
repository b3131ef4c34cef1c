#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "projections/sharing/sharing_view.hpp"

namespace orrery::gpushare {

/// What kind of failure it is that a node didn't answer, or not to the end.
BOOST_DEFINE_FIXED_ENUM_CLASS(ModelProblem, std::uint8_t,
                              /// It can't be reached, broke off, took too long or sent nonsense:
                              /// another node may do better.
                              node_failed,
                              /// Its model server doesn't take this question, such as one that is
                              /// too long: another node wouldn't either.
                              refused,
                              /// This server has too much under way itself.
                              overloaded)

struct ModelFault {
  ModelProblem problem = ModelProblem::node_failed;
  /// A sentence for people. It names no address, and says nothing in the node's own words.
  std::string message;
};

/// Takes what a node says about one question: pieces, and then one end. Told one thing after the
/// other, on any thread, perhaps already while the question is being handed over. It doesn't block,
/// and isn't slowed by whoever reads the answer.
class TokenSink {
 public:
  virtual ~TokenSink() = default;

  /// The next piece of the text: whole UTF-8, not empty. False: nobody wants more, so whoever
  /// brings it may stop, and needn't tell an end.
  virtual bool piece(std::string_view text) = 0;
  /// The text is complete. `token_count` as the model server counts; 0 where it doesn't.
  virtual void end(std::uint32_t token_count) = 0;
  /// There will be no more of it.
  virtual void fail(ModelFault fault) = 0;
};

/// A question that is with a node. Letting go of it cancels it too.
class ModelCall {
 public:
  virtual ~ModelCall() = default;

  /// Nobody wants the answer any more. The sink may be told something for a moment still. Any
  /// thread, any number of times, also from within the sink.
  virtual void cancel() = 0;
};

/// One of the ways in which nodes are asked. Any thread.
class ModelSource {
 public:
  virtual ~ModelSource() = default;

  /// Whether a question could be handed over now, as far as is known without asking.
  virtual bool is_reachable(const SharedNodeDetails& node) const = 0;

  /// Hands `question` to the node's model (`offer.served_model`). Never null: where it can't be
  /// handed over, the sink is told so.
  virtual std::shared_ptr<ModelCall> start(const SharedNodeDetails& node, std::string question,
                                           std::shared_ptr<TokenSink> sink) = 0;
};

}  // namespace orrery::gpushare

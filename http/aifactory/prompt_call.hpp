#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "http/aifactory/prompt_answer.hpp"
#include "http/aifactory/prompt_request.hpp"
#include "http/aifactory/replica_choice.hpp"
#include "http/aifactory/route_table.hpp"
#include "http/upstream/upstream_client.hpp"

namespace orrery::aifactory {

/// One prompt on its way to a model: which model, as a chat, else as a plain completion; of a
/// group, one replica after the other until one answers. Lives until it has answered; after
/// `start` on the upstream client's thread.
class PromptCall : public std::enable_shared_from_this<PromptCall> {
 public:
  /// `servers.ready` isn't empty.
  PromptCall(Context context, ModelServers servers, PromptRequest prompt, Reply reply);

  void start() { ask_replica(); }

 private:
  /// Where the answer is understood.
  using Step = void (PromptCall::*)(UpstreamAnswer answer);

  const ReadyReplica& replica() const { return servers_.ready[index_]; }
  const ServiceDetails& service() const { return *replica().service; }

  void ask_replica();
  void ask_models();
  void on_models(UpstreamAnswer answer);
  void ask_completion(CompletionForm form);
  void on_completion(UpstreamAnswer answer);

  void ask(std::string path, std::optional<std::string> body, Step step);
  /// Goes on with the next replica where there is one; false where nobody is left.
  bool fail_over(std::string problem);
  void answer_fault(const UpstreamFault& fault);
  void answer(boost::json::object body);

  Context context_;
  ModelServers servers_;
  PromptRequest prompt_;
  Reply reply_;

  /// In `servers_.ready`.
  std::size_t index_ = 0;
  std::vector<ReplicaAttempt> attempts_;
  std::string model_;
  /// The model's name is from memory, and may be wrong.
  bool model_is_remembered_ = false;
  CompletionForm form_ = CompletionForm::chat;
};

}  // namespace orrery::aifactory

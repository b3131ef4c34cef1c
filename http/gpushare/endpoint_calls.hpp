#pragma once

#include <memory>
#include <string>

#include "http/gpushare/model_call.hpp"
#include "http/upstream/upstream_target.hpp"

namespace orrery {

class SubjectKeys;
class UpstreamClient;

namespace gpushare {

/// Asks the model of one OpenAI-compatible server: as a chat, and where it has none, for a plain
/// completion. Never null; the client must outlive the call.
std::shared_ptr<ModelCall> ask_model_server(UpstreamClient& upstream, UpstreamTarget target,
                                            std::string model, std::string question,
                                            std::shared_ptr<TokenSink> sink);

/// Asks the OpenAI-compatible servers that providers run: as a chat, and where the model has none,
/// for a plain completion. Whoever runs such a server isn't trusted. Any thread; sinks are told
/// everything on the upstream client's.
class EndpointCalls : public ModelSource {
 public:
  /// Both must outlive it, and the calls it started.
  EndpointCalls(UpstreamClient& upstream, const SubjectKeys& keys, UpstreamReach reach)
      : upstream_(upstream), keys_(keys), reach_(reach) {}

  bool is_reachable(const SharedNodeDetails& node) const override;
  std::shared_ptr<ModelCall> start(const SharedNodeDetails& node, std::string question,
                                   std::shared_ptr<TokenSink> sink) override;

 private:
  UpstreamClient& upstream_;
  const SubjectKeys& keys_;
  UpstreamReach reach_;
};

}  // namespace gpushare
}  // namespace orrery

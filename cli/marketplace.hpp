#pragma once

#include <memory>
#include <vector>

#include "cli/configuration.hpp"
#include "cli/server_storage.hpp"
#include "http/gpushare/context.hpp"

namespace orrery {

class CommitListener;
struct ReadModels;

/// What the GPU marketplace needs besides actors and views, wired: which nodes are there, what is
/// under way with which of them, who waits for a process, who has just proved his password, and how
/// mail leaves.
class Marketplace {
 public:
  /// Throws `StartFailure` where a setting can't be used. What it is given outlives it.
  Marketplace(const Configuration& configuration, ServerStorage& storage, const ReadModels& models);
  ~Marketplace();
  Marketplace(const Marketplace&) = delete;
  Marketplace& operator=(const Marketplace&) = delete;

  /// To be hung to the log actor after the views.
  std::vector<CommitListener*> listeners();

  /// From now on nodes that fall silent are given up, and questions are answered. All of these
  /// live until it is closed.
  void open(CommandGateway& gateway, PasswordPool& passwords);
  /// What is under way is cancelled, and nothing is sent any more. After the edge has drained.
  void close();

  /// For the routes, once it is open.
  const GpushareContext& context() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orrery

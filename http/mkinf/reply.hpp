#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "http/auth/request_identity.hpp"
#include "http/mkinf/surface.hpp"
#include "http/server/responder.hpp"

namespace orrery::mkinf {

/// Gives the one answer to a request in the form of its surface. Like the `Responder` in it: cheap
/// to copy, from any thread, at once or later; the first answer counts.
class Reply {
 public:
  /// `claim` may be null. It is released before the answer is given, so that a client who has the
  /// answer can send the request again.
  Reply(Responder respond, const Surface& surface, std::shared_ptr<KeyClaim> claim = nullptr)
      : respond_(std::move(respond)), surface_(&surface), claim_(std::move(claim)) {}

  void operator()(Response response) const {
    if (claim_) claim_->release();
    respond_(std::move(response));
  }
  void operator()(const Refusal& refusal) const { (*this)(surface_->refused(refusal)); }

  const Surface& surface() const { return *surface_; }

  Reply with(std::shared_ptr<KeyClaim> claim) const {
    return {respond_, *surface_, std::move(claim)};
  }

 private:
  Responder respond_;
  const Surface* surface_;
  std::shared_ptr<KeyClaim> claim_;
};

}  // namespace orrery::mkinf

#pragma once

#include <string>

#include "tests/projections/random_services.hpp"

namespace orrery {

/// The part of the GPU marketplace: clients, what they offer and what they ask.
class RandomSharing : public RandomServices {
 protected:
  using RandomServices::RandomServices;

  void sharing_event() {
    switch (below(4)) {
      case 0:
        return client_event();
      case 1:
        return gpu_record_event();
      case 2:
        return shared_node_event();
      default:
        return inference_event();
    }
  }

 private:
  std::string client() { return one_of("", 14); }
  Sealed sealed(const std::string& client_id) { return {"client-" + client_id, one_of("box", 99)}; }

  ClientNames names(const std::string& client_id) {
    return {sealed(client_id), sealed(client_id), one_of("name", 9), one_of("mail", 9)};
  }

  void client_event() {
    const auto id = client();
    const auto stream = "client/" + id;
    if (begins(stream)) {
      ClientRegistered request;
      request.names = names(id);
      request.ip = sealed(id);
      request.role = static_cast<ClientRole>(below(3));
      request.request_id = fresh("request");
      if (below(2) == 0) request.request_digest = digest();
      return void(happened(stream, request));
    }
    switch (below(16)) {
      case 0:
        return void(happened(stream, ClientNamesRequested{names(id)}));
      case 1:
        return void(happened(stream, ClientNamesRefused{}));
      case 2:
        return void(happened(stream, ClientDetailsChanged{{sealed(id), 3, true, {}}}));
      case 3:
        return void(happened(stream, ClientPasswordChanged{"other"}));
      case 4:
        return void(happened(stream, ClientEmailVerified{}));
      case 5:
      case 6:
        return void(happened(stream, ClientSignedIn{one_of("d", 3), digest()}));
      case 7:
        return void(happened(stream, ClientSignedOut{one_of("d", 3)}));
      case 8:
        return void(happened(stream, ClientRoleChanged{static_cast<ClientRole>(below(3))}));
      case 9:
        return void(happened(stream, ClientBecameProvider{}));
      case 10:
        return void(happened(stream, ClientProviderApproved{}));
      case 11:
        return void(happened(stream, ClientProviderSuspended{}));
      case 12:
        if (below(4) == 0) happened(stream, ClientErased{});
        return;
      default:
        happened(stream, ClientNamesGranted{});
    }
  }

  void gpu_record_event() {
    const auto stream = one_of("gpu_record/", 12);
    if (begins(stream))
      happened(stream, GpuRecordCreated{client(), {}, fresh("request"), digest()});
    else if (below(4) == 0)
      happened(stream, GpuRecordDeleted{});
    else
      happened(stream, GpuRecordChanged{client(), {}});
  }

  void shared_node_event() {
    const auto id = one_of("", 12);
    const auto stream = "shared_node/" + id;
    if (begins(stream)) {
      SharedNodeRegistered offer;
      offer.client_id = client();
      offer.model = one_of("model", 2);
      offer.token_digest = digest();
      offer.request_id = fresh("request");
      if (below(2) == 0) offer.request_digest = digest();
      return void(happened(stream, offer));
    }
    const auto machine = "node/shared-" + id;
    switch (below(6)) {
      case 0:
        return void(happened(stream, SharedNodeWithdrawn{"deregistered"}));
      case 1:
        return void(happened(machine, NodeLost{"silent"}));
      case 2:
        return void(happened(machine, NodeCordoned{"operator"}));
      case 3:
        return void(happened(machine, NodeUncordoned{}));
      default:
        happened(machine, NodeBecameReady{});
    }
  }

  void inference_event() {
    const auto stream = one_of("inference/", 30);
    const InferenceUse use{below(1000), static_cast<std::uint32_t>(below(9))};
    if (begins(stream)) {
      const auto asker = client();
      happened(stream, InferenceAsked{asker, sealed(asker), one_of("model", 2), fresh("request"),
                                      below(2) == 0 ? digest() : ""});
      return;
    }
    switch (below(6)) {
      case 0:
        return void(happened(stream, InferenceAnswered{sealed(client()), use}));
      case 1:
        return void(happened(stream, InferenceFailed{"cancelled", "message", {}, use}));
      case 2:
        return void(happened(stream, InferenceChanged{client(), {}, one_of("model", 2)}));
      case 3:
        return void(happened(stream, InferenceDeleted{}));
      default:
        happened(stream, InferenceDispatched{one_of("", 12)});
    }
  }
};

}  // namespace orrery

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "http/auth/edge_secret.hpp"
#include "http/auth/guess_limit.hpp"
#include "http/auth/numbers.hpp"
#include "http/auth/request_identity.hpp"
#include "http/upstream/upstream_target.hpp"

namespace orrery {

class ClientView;
class Clock;
class CommandGateway;
class CredentialCache;
class GoogleTokens;
class HeartbeatWatch;
class InferenceView;
class MailSender;
class PasswordPool;
class SharingView;
class SubjectKeys;
class UpstreamClient;

namespace gpushare {
class Agents;
class Dispatcher;
class Settlements;
}  // namespace gpushare

/// Everything that the GPU-sharing dialect works with. All pointers must outlive the router; all of
/// it is used from many threads.
struct GpushareContext {
  CommandGateway* gateway = nullptr;
  const ClientView* clients = nullptr;
  const SharingView* sharing = nullptr;
  const InferenceView* inferences = nullptr;
  /// What becomes of registrations, renames and new nodes (a listener of the log).
  gpushare::Settlements* settlements = nullptr;
  /// Which node takes a question, and what is under way.
  gpushare::Dispatcher* dispatcher = nullptr;
  /// Nodes that dial in.
  gpushare::Agents* agents = nullptr;
  /// Which nodes are there.
  HeartbeatWatch* heartbeats = nullptr;
  /// Servers behind endpoints are asked by it.
  UpstreamClient* upstream = nullptr;
  SubjectKeys* subject_keys = nullptr;
  PasswordPool* passwords = nullptr;
  /// Passwords that were right a moment ago.
  CredentialCache* credentials = nullptr;
  /// Null: nobody signs in with Google.
  const GoogleTokens* google = nullptr;
  /// Null: no mail is sent.
  MailSender* mail = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  EdgeSecret secret;
  /// Copies of the context share these. By name: passwords that are tried, and mails asked for.
  std::shared_ptr<GuessLimit> sign_in_guesses = std::make_shared<GuessLimit>();
  std::shared_ptr<GuessLimit> reset_requests = std::make_shared<GuessLimit>();
  /// By the address a request comes from: passwords that were wrong, mails asked for, and
  /// registrations.
  std::shared_ptr<GuessLimit> peer_guesses =
      std::make_shared<GuessLimit>(GuessLimit::Allowance{100, std::chrono::seconds(3)});
  std::shared_ptr<GuessLimit> peer_resets =
      std::make_shared<GuessLimit>(GuessLimit::Allowance{20, std::chrono::seconds(30)});
  std::shared_ptr<GuessLimit> peer_registrations =
      std::make_shared<GuessLimit>(GuessLimit::Allowance{200, std::chrono::seconds(5)});
  /// Draws the ids of clients, and of descriptions of machines.
  std::shared_ptr<Numbers> client_numbers = std::make_shared<Numbers>();
  std::shared_ptr<Numbers> gpu_record_numbers = std::make_shared<Numbers>();
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
  /// Scheme, host and port for links in mails; never from a request.
  std::string public_url;
  /// Link of a reset mail with "{uid}" and "{token}"; empty: below `public_url`.
  std::string reset_link;
  /// Nodes of whoever offers a machine get work without an admin's word.
  bool approves_providers_at_once = false;
  /// Where endpoints may lead.
  UpstreamReach endpoint_reach = UpstreamReach::internet;

  /// Where the views, log and clock here are those of a past moment (`?as_of=`): the context of the
  /// present, which alone decides who is let in. Null: this is it.
  std::shared_ptr<const GpushareContext> present = nullptr;
  const GpushareContext& gate() const { return present ? *present : *this; }
};

}  // namespace orrery

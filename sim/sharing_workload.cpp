#include "sim/sharing_workload.hpp"

#include <utility>

namespace orrery {
namespace {

constexpr std::size_t name_count = 12;

/// One of those asked for so far, or now and then one that isn't there.
std::string any_of(std::size_t count, SeededRandom& random) {
  return std::to_string(random.between(1, count + 1));
}

ClientNames draw_names(const std::string& client_id, SeededRandom& random) {
  const auto username = "person-" + std::to_string(random.below(name_count));
  const auto email = username + "@example.org";
  const auto subject = "client-" + client_id;
  return {{subject, username},
          {subject, email},
          "u-" + username,
          "e-" + std::to_string(random.below(name_count))};
}

std::string draw_model(SeededRandom& random) { return random.chance(700) ? "tiny" : "large"; }

}  // namespace

AddressedCommand SharingWorkload::want(SeededRandom& random) {
  const auto drawn = random.below(100);
  if (client_count_ == 0 || drawn < 20) return register_client(random);
  if (drawn < 40) return change_client(random);
  if (drawn < 55) return offer(random);
  if (drawn < 70) return report(random);
  if (drawn < 85) return ask(random);
  return change_inference(random);
}

AddressedCommand SharingWorkload::register_client(SeededRandom& random) {
  auto id = std::to_string(++client_count_);
  ClientRegistered request;
  request.names = draw_names(id, random);
  request.password_hash = "hash-0";
  request.request_id = "register-" + id;
  return To<Client>{std::move(id), Client::Register{std::move(request)}};
}

AddressedCommand SharingWorkload::change_client(SeededRandom& random) const {
  auto id = any_of(client_count_, random);
  const auto number = std::to_string(random.below(4));
  const auto command = [&]() -> Client::Command {
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2:
        return Client::RequestNames{draw_names(id, random)};
      case 3:
        return Client::ChangePassword{"hash-" + number};
      case 4:
        return Client::SignIn{{"device-" + number, "digest-" + number}};
      case 5:
        return Client::SignOut{"device-" + number};
      case 6:
        return Client::VerifyEmail{random.chance(500)};
      case 7:
        return Client::BecomeProvider{};
      case 8:
        return Client::ApproveProvider{};
      case 9:
        return Client::SuspendProvider{};
      case 10:
        return Client::ChangeRole{random.chance(500) ? ClientRole::user : ClientRole::admin};
      default:
        return Client::Erase{};
    }
  };
  auto drawn = command();
  return To<Client>{std::move(id), std::move(drawn)};
}

AddressedCommand SharingWorkload::offer(SeededRandom& random) {
  if (random.chance(200)) {
    GpuRecordCreated record;
    record.client_id = any_of(client_count_, random);
    return To<GpuRecord>{std::to_string(++record_count_), GpuRecord::Create{std::move(record)}};
  }
  if (random.chance(300))
    return To<SharedNode>{any_of(node_count_, random), SharedNode::Withdraw{"deregistered"}};
  SharedNodeRegistered offer;
  offer.client_id = any_of(client_count_, random);
  offer.model = offer.served_model = draw_model(random);
  offer.token_digest.assign(32, 't');
  // Now and then more than any machine has.
  offer.gpu_count = static_cast<std::uint32_t>(random.chance(50) ? 17 : random.below(3));
  if (offer.gpu_count != 0) offer.gpu_model = "RTX 4090";
  offer.cpu_count = 8;
  return To<SharedNode>{std::to_string(++node_count_), SharedNode::Register{std::move(offer)}};
}

AddressedCommand SharingWorkload::report(SeededRandom& random) const {
  auto node = node_id_of_shared(any_of(node_count_, random));
  const auto drawn = random.below(10);
  if (drawn < 4) return To<Node>{std::move(node), Node::ReportLost{"silent"}};
  if (drawn < 8) return To<Node>{std::move(node), Node::ReportReady{}};
  if (drawn < 9) return To<Node>{std::move(node), Node::Cordon{"maintenance"}};
  return To<Node>{std::move(node), Node::Uncordon{}};
}

AddressedCommand SharingWorkload::ask(SeededRandom& random) {
  auto id = std::to_string(++inference_count_);
  InferenceAsked question;
  question.client_id = any_of(client_count_, random);
  question.question = {"client-" + question.client_id, "question " + id};
  question.model = draw_model(random);
  question.request_id = "ask-" + id;
  auto node = random.chance(200) ? std::string() : any_of(node_count_, random);
  return To<Inference>{std::move(id), Inference::Ask{std::move(question), std::move(node)}};
}

AddressedCommand SharingWorkload::change_inference(SeededRandom& random) const {
  auto id = any_of(inference_count_, random);
  const auto drawn = random.below(10);
  if (drawn < 4) {
    InferenceAnswered answer{{"client-1", "answer"}, {random.between(1, 5'000'000), 9}};
    return To<Inference>{std::move(id), Inference::Answer{std::move(answer)}};
  }
  if (drawn < 6)
    return To<Inference>{std::move(id), Inference::Dispatch{any_of(node_count_, random)}};
  if (drawn < 8) return give_up(std::move(id));
  if (drawn < 9) {
    InferenceChanged change{any_of(client_count_, random), {"client-1", "edited"}, "tiny"};
    return To<Inference>{std::move(id), Inference::Change{std::move(change)}};
  }
  return To<Inference>{std::move(id), Inference::Delete{}};
}

AddressedCommand SharingWorkload::give_up(std::string inference_id) {
  return To<Inference>{std::move(inference_id),
                       Inference::Fail{{"cancelled", "Nobody waits for the answer.", {}, {}}}};
}

}  // namespace orrery

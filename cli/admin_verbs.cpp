#include "cli/admin_verbs.hpp"

#include <array>
#include <utility>

#include "cli/admin_arguments.hpp"

namespace orrery {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 32> noun_helps{{
    {"me", "whom the key speaks for, and one's password"},
    {"organization", "customers"},
    {"project", "what groups a customer's things"},
    {"member", "people of an organization, and their roles"},
    {"account", "people who can sign in"},
    {"key", "access keys of an organization or one project"},
    {"operator-key", "keys like the first one, which the server wrote"},
    {"quota", "what a project may have at once, and spend in a month"},
    {"price", "what GPUs and disks cost"},
    {"reservation", "VMs that an organization has paid for"},
    {"address-pool", "public addresses of a location"},
    {"cluster", "nodes of one place under one policy"},
    {"node", "machines with GPUs"},
    {"image", "operating systems that VMs start from"},
    {"namespace", "customers of the NeoLink API, each with a wallet"},
    {"token", "what opens the NeoLink API for a namespace"},
    {"topup", "money paid in to a namespace"},
    {"coupon", "what pays for metered instances before the balance does"},
    {"bill", "what moved a namespace's money, and why"},
    {"order", "instances that a namespace has ordered"},
    {"volume", "data volumes of a namespace, which outlive instances"},
    {"saved-image", "images that a namespace has saved from instances"},
    {"service", "services of the AI factory, with why they wait or ended"},
    {"slurm", "the Slurms that work is sent to, and what was sent"},
    {"client", "people of the GPU marketplace"},
    {"shared-node", "machines with models that they share"},
    {"usage", "what clients used of whose machines"},
    {"center-user", "people of the university's center, and what they may"},
    {"center-team", "people who share what they get: Slurm's accounts"},
    {"notice", "what everybody at the center shall know"},
    {"webhook", "servers that are sent events as they happen"},
    {"dead-letter", "events that a webhook's receiver never took"},
}};

}  // namespace

const std::vector<AdminVerb>& admin_verbs() {
  static const auto verbs = [] {
    std::vector<AdminVerb> all;
    for (auto* part : {&admin_arguments::of_customers, &admin_arguments::of_fleet,
                       &admin_arguments::of_namespaces, &admin_arguments::of_services,
                       &admin_arguments::of_marketplace, &admin_arguments::of_center,
                       &admin_arguments::of_webhooks})
      for (auto& verb : part()) all.push_back(std::move(verb));
    return all;
  }();
  return verbs;
}

std::string_view admin_noun_help(std::string_view noun) {
  for (const auto& [known, help] : noun_helps)
    if (known == noun) return help;
  return {};
}

}  // namespace orrery

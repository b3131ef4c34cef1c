#include "http/auth/living_principal.hpp"

#include "http/auth/credential.hpp"
#include "storage/clock.hpp"

namespace orrery {

std::shared_ptr<const Principal> living_principal(const IdentityView& identity, const Clock& clock,
                                                  std::string_view credential) {
  if (credential.empty()) return nullptr;
  auto principal = identity.principal_of(credential_digest(credential));
  return principal && !principal->expired(clock.now()) ? principal : nullptr;
}

}  // namespace orrery

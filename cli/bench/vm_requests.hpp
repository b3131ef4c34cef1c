#pragma once

#include <cstdint>
#include <string>

namespace orrery {

class ServedOrrery;

/// A POST of a VM with one GPU; by their numbers they go round the models and locations of the
/// demo's fleet, so that all of it takes part.
std::string create_vm_request(const ServedOrrery& server, std::uint64_t number);

/// Makes one, waits until it runs, and returns its id.
std::string create_vm(const ServedOrrery& server);

}  // namespace orrery

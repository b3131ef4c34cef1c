#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// No address belongs to two living VMs: a private one not within its network, a public one
/// nowhere. And every address lies in the VM's subnet, or in a pool of its location.
class AddressesUnique : public Checker {
 public:
  std::string_view name() const override { return "addresses_unique"; }
  void apply(const RecordedEvent& recorded) override;

 private:
  struct Subnet {
    std::string network_id;
    std::string cidr;
  };
  struct Vm {
    std::string location;
    std::string subnet_id;
    PublicAddress kind = PublicAddress::dynamic;
    /// As keys of `holders_`; empty for none.
    std::string private_address;
    std::string public_address;
  };
  void requested(const RecordedEvent& recorded, const VmRequested& request);
  /// The VM has these addresses from now on, and no others.
  void hold(const RecordedEvent& recorded, const std::string& private_ipv4,
            const std::string& public_ipv4);
  void stopped(const std::string& vm_stream);
  void gone(const std::string& vm_stream);
  void take(const RecordedEvent& recorded, const std::string& address);

  std::map<std::string, Subnet> subnets_;
  /// Location → the blocks of its pools.
  std::map<std::string, std::set<std::string>> pools_;
  /// By stream.
  std::map<std::string, Vm> vms_;
  /// "<network>/10.0.0.2" or "public/1.2.3.4" → the VM's stream.
  std::map<std::string, std::string> holders_;
};

}  // namespace orrery

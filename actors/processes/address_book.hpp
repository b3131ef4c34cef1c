#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>
#include <boost/icl/interval_set.hpp>

#include "actors/network/ipv4_block.hpp"
#include "events/archive.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// Which addresses there are for VMs, and which of them are taken. Pure: subnets and pools are
/// folded from the log; who takes what is told by the VM process, the only one who gives addresses
/// to VMs. Addresses are numbers in host byte order, 0 for none.
///
/// A private address is unique in its network, whichever subnet it came from; a public one is
/// unique everywhere. The lowest that is free is given.
class AddressBook {
 public:
  /// What a VM has, or is to get.
  struct Addresses {
    /// Of the private address.
    std::string network_id;
    std::uint32_t private_ipv4 = 0;
    std::uint32_t public_ipv4 = 0;

    bool operator==(const Addresses&) const = default;
    BOOST_DESCRIBE_CLASS(Addresses, (), (network_id, private_ipv4, public_ipv4), (), ())
  };
  struct Subnet {
    std::string network_id;
    std::string cidr;
    /// What VMs may get of it.
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    /// It gives no more addresses; those that VMs have stay theirs.
    bool removed = false;

    BOOST_DESCRIBE_CLASS(Subnet, (), (network_id, cidr, first, last, removed), (), ())
  };

  /// Subnets and pools; ignores everything else.
  void apply(const RecordedEvent& recorded);

  /// Nothing where the log hasn't told of this subnet.
  const Subnet* subnet(std::string_view subnet_id) const;

  /// The network was there, and is no more.
  bool is_deleted(std::string_view network_id) const;
  /// The blocks of its subnets.
  std::vector<Ipv4Block> subnets_of(std::string_view network_id) const;

  std::optional<std::uint32_t> free_private(const Subnet& subnet) const;
  std::optional<std::uint32_t> free_public(std::string_view location) const;

  /// From now on nobody else gets them; or somebody may again.
  void take(const Addresses& addresses);
  void give_back(const Addresses& addresses);

  /// Subnets and pools. What is taken is for the caller to take again.
  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  /// Wide enough for the end of the last address.
  using Taken = boost::icl::interval_set<std::uint64_t>;
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    BOOST_DESCRIBE_CLASS(Range, (), (first, last), (), ())
  };

  static std::optional<std::uint32_t> lowest_free(const Taken& taken, std::uint32_t first,
                                                  std::uint32_t last);
  void add_subnet(const std::string& network_id, const std::string& subnet_id,
                  const std::string& cidr);
  void remove_subnet(std::string_view subnet_id);
  void remove_network(std::string_view network_id);

  std::map<std::string, Subnet, std::less<>> subnets_;
  std::vector<std::string> deleted_networks_;
  /// Location → pool → its addresses.
  std::map<std::string, std::map<std::string, Range>, std::less<>> pools_;

  std::map<std::string, Taken, std::less<>> taken_private_;
  Taken taken_public_;
};

}  // namespace orrery

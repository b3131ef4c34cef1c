#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

// What is for sale in the NeoLink dialect: regions, SKUs and container images. Declared again, each
// replaces what was said before, for what is ordered from then on; what was ordered keeps its
// terms.

/// Stream: region/<id>.
struct RegionDeclared {
  /// As customers see it, such as "北京一区".
  std::string name;
  /// Stream: cluster/<name>.
  std::string cluster;
  /// Host of the image registry, such as "images.neolink-ai.com".
  std::string image_registry;
  /// Of the region's log service; shown, and nothing else.
  std::string howler_id;
  /// Instances are reached below these: "<uid>.<domain>".
  std::string gateway_domain;
  std::string ssh_domain;

  bool operator==(const RegionDeclared&) const = default;
  BOOST_DESCRIBE_CLASS(RegionDeclared, (),
                       (name, cluster, image_registry, howler_id, gateway_domain, ssh_domain), (),
                       ())
};

/// Nothing can be ordered there any more.
struct RegionWithdrawn {
  bool operator==(const RegionWithdrawn&) const = default;
  BOOST_DESCRIBE_CLASS(RegionWithdrawn, (), (), (), ())
};

using RegionEvent = std::variant<RegionDeclared, RegionWithdrawn>;

/// How something is paid for; stored, and named by these numbers in the dialect.
enum class SellingType : std::uint8_t { pay_as_you_go = 1, monthly = 2, weekly = 3, daily = 4 };
BOOST_DESCRIBE_ENUM(SellingType, pay_as_you_go, monthly, weekly, daily)

/// A price is lower for some time. No discount where `id` is empty.
struct Discount {
  std::string id;
  /// What is left of the price, in ten-thousandths: 4800 for a ratio of 0.48.
  std::uint32_t ratio_e4 = 10'000;
  /// Seconds since 1970 (UTC); the end is not part of it.
  std::int64_t starts_at_s = 0;
  std::int64_t ends_at_s = 0;

  bool operator==(const Discount&) const = default;
  BOOST_DESCRIBE_CLASS(Discount, (), (id, ratio_e4, starts_at_s, ends_at_s), (), ())
};

/// A computing instance of this shape can be ordered. Stream: sku/<id>, such as "66".
struct SkuDeclared {
  std::string region_id;
  /// Such as "4090".
  std::string name;
  std::string cpu_arch;
  std::string cpu_series;
  std::string cpu_vendor;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_gib = 0;
  std::string gpu_series;
  std::string gpu_product;
  /// As in `InstanceSpecification`.
  std::string gpu_resource_key;
  /// As nodes of the cluster have it.
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  std::uint32_t gpu_memory_gib = 0;
  std::uint32_t system_disk_gb = 0;
  /// Default and minimum of a new data volume.
  std::uint32_t data_disk_gb = 0;
  SellingType selling_type = SellingType::pay_as_you_go;
  /// For an hour, month, week or day, as `selling_type` says. 100 fen are 1 CNY.
  std::int64_t price_fen = 0;
  Discount discount;

  bool operator==(const SkuDeclared&) const = default;
  BOOST_DESCRIBE_CLASS(SkuDeclared, (),
                       (region_id, name, cpu_arch, cpu_series, cpu_vendor, cpu_count, memory_gib,
                        gpu_series, gpu_product, gpu_resource_key, gpu_model, gpu_count,
                        gpu_memory_gib, system_disk_gb, data_disk_gb, selling_type, price_fen,
                        discount),
                       (), ())
};

struct SkuWithdrawn {
  bool operator==(const SkuWithdrawn&) const = default;
  BOOST_DESCRIBE_CLASS(SkuWithdrawn, (), (), (), ())
};

using SkuEvent = std::variant<SkuDeclared, SkuWithdrawn>;

/// Everybody can run this image. Stream: container_image/<id>.
struct ContainerImagePublished {
  /// Full name with tag, such as "images.neolink-ai.com/matrixdc/pytorch:2.3.0".
  std::string image;

  bool operator==(const ContainerImagePublished&) const = default;
  BOOST_DESCRIBE_CLASS(ContainerImagePublished, (), (image), (), ())
};

/// A customer has saved an instance as this image, and alone can run it.
struct ContainerImageSaved {
  /// The customer: wallet/<namespace id>.
  std::string namespace_id;
  std::string image;
  std::string instance_id;
  std::uint64_t size_bytes = 0;

  bool operator==(const ContainerImageSaved&) const = default;
  BOOST_DESCRIBE_CLASS(ContainerImageSaved, (), (namespace_id, image, instance_id, size_bytes), (),
                       ())
};

/// Withdrawn by whoever offers it, or deleted by its owner: nothing new runs it.
struct ContainerImageWithdrawn {
  bool operator==(const ContainerImageWithdrawn&) const = default;
  BOOST_DESCRIBE_CLASS(ContainerImageWithdrawn, (), (), (), ())
};

using ContainerImageEvent =
    std::variant<ContainerImagePublished, ContainerImageSaved, ContainerImageWithdrawn>;

}  // namespace orrery

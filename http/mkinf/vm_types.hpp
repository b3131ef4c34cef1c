#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace orrery::mkinf {

/// A VM type of the document's table, with what a create of one asks of placement.
struct VmType {
  std::string_view product_name;
  std::string_view description;
  std::uint32_t cpu_cores;
  std::uint32_t memory_gb;
  std::uint32_t disk_gb;
  std::string_view disk_type;
  std::uint32_t gpu_count;
  /// The GPU model as clusters name it, and as the API shows it.
  std::string_view gpu_model;
};

/// All 17, in the order of the document.
std::span<const VmType> vm_types();

/// Null where the document has no such type.
const VmType* vm_type(std::string_view product_name);

}  // namespace orrery::mkinf

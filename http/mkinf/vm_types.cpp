#include "http/mkinf/vm_types.hpp"

#include <algorithm>
#include <array>

namespace orrery::mkinf {

namespace {

// The document's table has no local disk for the l40s types, its example of l40s-48gb.2x shows 256
// GB of SSD, and its example of a VM of l40s-48gb.1x a disk of 128 GiB: so 128 GB a GPU.
// clang-format off
constexpr std::array table{
    VmType{"a40.1x", "NVIDIA A40", 6, 60, 960, "NVMe", 1, "A40-48GB"},
    VmType{"a40.2x", "NVIDIA A40", 12, 120, 1920, "NVMe", 2, "A40-48GB"},
    VmType{"a40.4x", "NVIDIA A40", 24, 240, 3840, "NVMe", 4, "A40-48GB"},
    VmType{"a40.8x", "NVIDIA A40", 48, 480, 7680, "NVMe", 8, "A40-48GB"},
    VmType{"a100.1x", "NVIDIA A100", 12, 120, 960, "NVMe", 1, "A100-40GB"},
    VmType{"a100.2x", "NVIDIA A100", 24, 240, 1920, "NVMe", 2, "A100-40GB"},
    VmType{"a100.4x", "NVIDIA A100", 48, 480, 3840, "NVMe", 4, "A100-40GB"},
    VmType{"a100.8x", "NVIDIA A100", 96, 960, 7680, "NVMe", 8, "A100-40GB"},
    VmType{"a100-80gb.1x", "NVIDIA A100", 12, 120, 960, "NVMe", 1, "A100-80GB"},
    VmType{"a100-80gb.2x", "NVIDIA A100", 24, 240, 1920, "NVMe", 2, "A100-80GB"},
    VmType{"a100-80gb.4x", "NVIDIA A100", 48, 480, 3840, "NVMe", 4, "A100-80GB"},
    VmType{"a100-80gb.8x", "NVIDIA A100", 96, 960, 7680, "NVMe", 8, "A100-80GB"},
    VmType{"l40s-48gb.1x", "NVIDIA L40S", 8, 147, 128, "SSD", 1, "L40S-48GB"},
    VmType{"l40s-48gb.2x", "NVIDIA L40S", 16, 294, 256, "SSD", 2, "L40S-48GB"},
    VmType{"l40s-48gb.4x", "NVIDIA L40S", 32, 588, 512, "SSD", 4, "L40S-48GB"},
    VmType{"l40s-48gb.8x", "NVIDIA L40S", 64, 1176, 1024, "SSD", 8, "L40S-48GB"},
    VmType{"l40s-48gb.10x", "NVIDIA L40S", 80, 1470, 1280, "SSD", 10, "L40S-48GB"},
};
// clang-format on

}  // namespace

std::span<const VmType> vm_types() { return table; }

const VmType* vm_type(std::string_view product_name) {
  const auto* found = std::find_if(table.begin(), table.end(), [&](const VmType& type) {
    return type.product_name == product_name;
  });
  return found == table.end() ? nullptr : found;
}

}  // namespace orrery::mkinf

#pragma once

#include "http/native/catalog/offer_catalog.hpp"

namespace orrery {

inline SkuDeclared sample_sku(std::int64_t price_fen = 250) {
  SkuDeclared sku;
  sku.region_id = "north";
  sku.name = sku.gpu_series = sku.gpu_product = sku.gpu_model = "4090";
  sku.cpu_arch = "x86-64";
  sku.cpu_series = sku.cpu_vendor = "Inter";
  sku.gpu_resource_key = "nvidia.com/gpu-4090";
  sku.cpu_count = 16;
  sku.memory_gib = 96;
  sku.gpu_count = 1;
  sku.gpu_memory_gib = 24;
  sku.system_disk_gb = 30;
  sku.data_disk_gb = 50;
  sku.price_fen = price_fen;
  return sku;
}

/// Two SKUs, one of them with a discount, and an image.
inline OfferCatalog sample_catalog() {
  OfferCatalog catalog;
  catalog.regions = {
      {"north", {"北京一区", "host-cluster", "images.example", "", "gw.example", "gws.example"}}};
  catalog.skus = {{"66", sample_sku()}, {"2", sample_sku(1'000)}};
  catalog.skus[1].declaration.discount = {"10000", 4'800, 1'723'706'798, 1'727'712'300};
  catalog.images = {"images.example/base/pytorch:2.3"};
  return catalog;
}

}  // namespace orrery

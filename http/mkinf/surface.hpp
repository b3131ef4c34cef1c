#pragma once

#include <string_view>

#include "http/mkinf/errors.hpp"

namespace orrery::mkinf {

/// One dialect over the resources of this folder: where each collection lies, and how refusals and
/// lists look. The resource files register their routes for a surface they are given; no handler
/// knows which one it serves. Everything a surface points to lives for ever.
struct Surface {
  /// Everything of the dialect lies below; no slash at the end.
  std::string_view root;

  /// The body and status of a refusal.
  Response (*refused)(const Refusal& refusal) = nullptr;
  /// What a path that leads nowhere is answered.
  Refusal (*unknown_route)() = nullptr;
  /// `{"items":[…]}` where the other form is a bare array.
  bool tenancy_in_items = false;
  /// Whether requests may be signed (http/auth/request_signature.hpp) instead of carrying a
  /// credential.
  bool signatures = false;

  /// Collections; those of a project have the placeholder {project_id} first. A single object lies
  /// at "<collection>/{id}", the operations at "<collection>/operations".
  ///
  /// Empty is what a dialect doesn't have.
  std::string_view organizations;
  std::string_view projects;
  std::string_view specs;
  std::string_view images;
  std::string_view locations;
  std::string_view vms;
  std::string_view disks;
  std::string_view networks;
  std::string_view subnets;
  std::string_view firewall_rules;
  std::string_view organization_usage;
  std::string_view project_usage;
};

/// `{"status":404,"code":"not_found","message":"…"}` below /v0.1; unknown routes are 501.
const Surface& mkinf_surface();

}  // namespace orrery::mkinf

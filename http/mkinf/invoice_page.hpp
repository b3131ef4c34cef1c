#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "projections/identity/identity_view.hpp"
#include "projections/metering/usage.hpp"

namespace orrery::mkinf {

/// What one month of an organization costs.
struct Invoice {
  OrganizationDetails organization;
  /// The first of the month.
  std::chrono::sys_days month{};
  /// Until then; before the month's end it is what it comes to so far.
  Time until{};
  /// The projects, in the order in which the page shows them.
  std::vector<ProjectDetails> projects;
  /// Of any of these projects.
  std::vector<ChargeLine> lines;
  /// First days of the months that there is anything to show for, newest first.
  std::vector<std::chrono::sys_days> months;
  /// Where the page leads back to; empty for nowhere.
  std::string return_url;
};

/// Self-contained HTML: no scripts, no images, one style sheet within. Months are links to the same
/// page with another `month`.
std::string invoice_page(const Invoice& invoice);

/// The `Content-Security-Policy` under which the page shows as meant: nothing but its own style.
std::string invoice_page_policy();

/// "2024-02".
std::string month_text(std::chrono::sys_days month);

/// The first of the month after.
std::chrono::sys_days month_after(std::chrono::sys_days month);

}  // namespace orrery::mkinf

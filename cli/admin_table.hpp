#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace orrery {

/// A list as a table for people: a line of titles, then one line an item.
std::string admin_table(const boost::json::array& items,
                        const std::vector<std::string_view>& columns);

/// One object for people: one line a member, what is within it too ("limits.vms").
std::string admin_lines(const boost::json::object& object);

}  // namespace orrery

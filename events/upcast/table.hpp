#pragma once

#include "events/upcast/upcasters.hpp"

namespace orrery {

/// Every step from an old version of an event to the next. Empty as long as all events are in their
/// first version; tests/events/upcast_test.cpp shows a table in use.
using Upcasters = boost::mp11::mp_list<>;

}  // namespace orrery

#pragma once

namespace orrery {

/// Gives memory that is free back to the system, so that what is resident afterwards is in use.
void give_back_free_memory();

}  // namespace orrery

#pragma once

#include <memory>

#include "http/aicenter/context.hpp"
#include "http/aifactory/context.hpp"
#include "http/gpushare/context.hpp"
#include "http/history/past_edge.hpp"
#include "http/mkinf/context.hpp"
#include "http/native/admin/admin_context.hpp"
#include "http/native/routes.hpp"
#include "http/neolink/context.hpp"

namespace orrery {

/// The context of a dialect as of a past moment. What it shows comes from the views, the log and
/// the clock of then; who is let in, from `live`. It commands nothing: there is no gateway in it.
/// Each starts from nothing and takes over by name what it needs, so that nothing of the present is
/// shown by accident.
MkinfContext mkinf_as_of(std::shared_ptr<const MkinfContext> live, const PastMoment& moment);
NeolinkContext neolink_as_of(std::shared_ptr<const NeolinkContext> live, const PastMoment& moment);
AifactoryContext aifactory_as_of(std::shared_ptr<const AifactoryContext> live,
                                 const PastMoment& moment);
GpushareContext gpushare_as_of(std::shared_ptr<const GpushareContext> live,
                               const PastMoment& moment);
AicenterContext aicenter_as_of(std::shared_ptr<const AicenterContext> live,
                               const PastMoment& moment);
AdminContext admin_as_of(std::shared_ptr<const AdminContext> live, const PastMoment& moment);
NativeContext native_as_of(std::shared_ptr<const NativeContext> live, const PastMoment& moment);

}  // namespace orrery

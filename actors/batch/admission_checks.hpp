#pragma once

#include <optional>
#include <string_view>

#include "actors/batch/admission.hpp"

namespace orrery::batch {

/// Inside of an admission: one question each. They fill in what nobody said, so their order
/// matters: each may rely on what stands above it.
using Objection = std::optional<AdmissionRefused>;

Objection check_person(const JobSpecification& job, const AdmissionFacts& facts);
Objection settle_account(JobSpecification& job, const AdmissionFacts& facts);
Objection settle_qos(JobSpecification& job, const AdmissionFacts& facts);
Objection settle_partitions(JobSpecification& job, const AdmissionFacts& facts);
Objection settle_nodes(JobSpecification& job, const AdmissionFacts& facts);
Objection check_gpus(const JobSpecification& job, const AdmissionFacts& facts);
Objection settle_cpus(JobSpecification& job, const AdmissionFacts& facts);
Objection settle_memory(JobSpecification& job, const AdmissionFacts& facts);
Objection settle_time(JobSpecification& job, const AdmissionFacts& facts);
Objection check_fit(const JobSpecification& job, const AdmissionFacts& facts);
Objection check_dependencies(const std::vector<JobDependency>& dependencies);
Objection check_mail(const JobMail& mail, std::string_view domain, const BatchPolicy& policy);
Objection check_counts(const AdmissionFacts& facts);

}  // namespace orrery::batch

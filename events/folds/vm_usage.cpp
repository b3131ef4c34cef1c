#include "events/folds/vm_usage.hpp"

#include <algorithm>
#include <utility>

#include "events/stream_name.hpp"

namespace orrery {

void VmUsage::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { fold(event, recorded); }) fold(event, recorded);
      },
      recorded.event);
}

bool VmUsage::concerns(const RecordedEvent& recorded) {
  return std::visit(
      [&]<class E>(const E& event) {
        return requires(VmUsage & usage) { usage.fold(event, recorded); };
      },
      recorded.event);
}

const QuotaExceeded* VmUsage::refusal(std::string_view operation_id) const {
  const auto* operation = operations_.find(operation_id);
  return operation && operation->refusal ? &*operation->refusal : nullptr;
}

std::optional<QuotaExceeded> VmUsage::check(std::string_view project_id,
                                            const QuotaDemand& demand) const {
  const auto& book = books_.of(project_id);
  return check_quota(book.limits, book.use, demand);
}

void VmUsage::fold(const QuotaSet& event, const RecordedEvent& recorded) {
  books_[books_.number_of(stream_id(recorded.stream))].limits = event.limits;
}

void VmUsage::fold(const OperationStarted& event, const RecordedEvent& recorded) {
  auto* vm = vms_.find(event.target_id);
  if (const auto* create = std::get_if<CreateVm>(&event.goal)) {
    if (!vm) note(event, recorded, Purpose::create, start(event, *create));
  } else if (!vm) {
    return;
  } else if (const auto* power_on = std::get_if<PowerOnVm>(&event.goal)) {
    note(event, recorded, Purpose::start, start(*vm, *power_on));
  } else if (const auto* resize = std::get_if<ResizeVm>(&event.goal)) {
    note(event, recorded, Purpose::resize, start(*vm, *resize));
  }
}

void VmUsage::note(const OperationStarted& started, const RecordedEvent& recorded, Purpose purpose,
                   std::optional<QuotaExceeded> refusal) {
  operations_.insert(stream_id(recorded.stream), {started.target_id, purpose, std::move(refusal)});
}

std::optional<QuotaExceeded> VmUsage::start(const OperationStarted& started,
                                            const CreateVm& create) {
  const auto& specification = create.specification;
  auto exceeded =
      check(started.project_id, {specification.gpu_count, specification.gpu_model, 1, 0, 0});
  if (!exceeded) add(started.target_id, specification, false);
  return exceeded;
}

std::optional<QuotaExceeded> VmUsage::start(Vm& vm, const PowerOnVm&) {
  if (!has_gpus(vm)) {
    const auto& book = books_[vm.project];
    const auto& gpus = wanted(vm);
    auto exceeded = check_quota(book.limits, book.use, {gpus.count, models_[gpus.model], 0, 0, 0});
    if (exceeded) return exceeded;
  }
  change(vm, [](Vm& changed) { ++changed.start_count; });
  return std::nullopt;
}

std::optional<QuotaExceeded> VmUsage::start(Vm& vm, const ResizeVm& resize) {
  const auto before = wanted(vm);
  const Gpus after{number_of_model(resize.gpu_model), resize.gpu_count};
  if (has_gpus(vm)) {
    const auto& book = books_[vm.project];
    const auto spared = before.model == after.model ? std::min(before.count, after.count) : 0;
    auto exceeded =
        check_quota(book.limits, book.use, {after.count - spared, resize.gpu_model, 0, 0, 0});
    if (exceeded) return exceeded;
  }
  change(vm, [&](Vm& changed) {
    changed.resized = after;
    ++changed.resize_count;
  });
  return std::nullopt;
}

void VmUsage::end(const RecordedEvent& recorded) {
  const auto operation_id = stream_id(recorded.stream);
  const auto* found = operations_.find(operation_id);
  if (!found) return;
  const auto operation = *found;
  operations_.erase(operation_id);
  auto* vm = vms_.find(operation.vm_id);
  if (!vm || operation.refusal) return;
  if (operation.purpose == Purpose::create) {
    if (!vm->exists) forget(operation.vm_id);
    return;
  }
  change(*vm, [&](Vm& changed) {
    // The VM may be another than the one that the operation was noted for.
    auto& number = operation.purpose == Purpose::start ? changed.start_count : changed.resize_count;
    if (number > 0) --number;
  });
}

void VmUsage::fold(const VmRequested& event, const RecordedEvent& recorded) {
  const auto vm_id = stream_id(recorded.stream);
  if (auto* vm = vms_.find(vm_id))
    vm->exists = true;
  else
    add(vm_id, event.specification, true);
}

void VmUsage::fold(const VmResized& event, const RecordedEvent& recorded) {
  auto* vm = vms_.find(stream_id(recorded.stream));
  if (!vm) return;
  const Gpus gpus{number_of_model(event.gpu_model), event.gpu_count};
  change(*vm, [&](Vm& changed) { changed.gpus = gpus; });
}

void VmUsage::set_stopped(const RecordedEvent& recorded, bool stopped) {
  auto* vm = vms_.find(stream_id(recorded.stream));
  if (vm) change(*vm, [&](Vm& changed) { changed.stopped = stopped; });
}

void VmUsage::forget(std::string_view stream) {
  const auto vm_id = stream_id(stream);
  const auto* vm = vms_.find(vm_id);
  if (!vm) return;
  uncount(*vm);
  vms_.erase(vm_id);
}

std::uint32_t VmUsage::number_of_model(const std::string& model) {
  const auto found = std::ranges::find(models_, model);
  if (found == models_.end()) {
    models_.push_back(model);
    return static_cast<std::uint32_t>(models_.size() - 1);
  }
  return static_cast<std::uint32_t>(found - models_.begin());
}

void VmUsage::add(std::string_view vm_id, const VmSpecification& specification, bool exists) {
  Vm vm;
  vm.project = books_.number_of(specification.project_id);
  vm.gpus = {number_of_model(specification.gpu_model), specification.gpu_count};
  vm.exists = exists;
  count(vms_.insert(vm_id, vm));
}

template <class Change>
void VmUsage::change(Vm& vm, Change change) {
  uncount(vm);
  change(vm);
  count(vm);
}

void VmUsage::count(const Vm& vm) {
  auto& use = books_[vm.project].use;
  ++use.vms;
  const auto& gpus = wanted(vm);
  if (has_gpus(vm) && gpus.count != 0) use.gpus[models_[gpus.model]] += gpus.count;
}

void VmUsage::uncount(const Vm& vm) {
  auto& use = books_[vm.project].use;
  --use.vms;
  const auto& gpus = wanted(vm);
  if (!has_gpus(vm) || gpus.count == 0) return;
  const auto counted = use.gpus.find(models_[gpus.model]);
  if ((counted->second -= gpus.count) == 0) use.gpus.erase(counted);
}

void VmUsage::save(ByteWriter& writer) const {
  books_.save(writer);
  writer(models_);
  vms_.save(writer);
  operations_.save(writer);
}

void VmUsage::load(ByteReader& reader) {
  *this = {};
  books_.load(reader);
  reader(models_);
  vms_.load(reader);
  operations_.load(reader);
  vms_.visit([&](const Vm& vm) {
    if (vm.project >= books_.size() || vm.gpus.model >= models_.size() ||
        vm.resized.model >= models_.size())
      throw MalformedBytes("unknown project or GPU model");
    count(vm);
  });
}

}  // namespace orrery

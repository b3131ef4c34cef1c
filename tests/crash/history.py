"""What must hold for the history of a server, however often it was killed: facts folded from its events alone."""

from collections import Counter, defaultdict


def ended(events) -> set[str]:
    return {event["stream"] for event in events if event["type"] in ("operation.succeeded", "operation.failed")}


def started(events) -> set[str]:
    return {event["stream"] for event in events if event["type"] == "operation.started"}


def running(events) -> set[str]:
    """Ids of the VMs that have started and are not gone. A VM that found no GPUs is shown by no API."""
    of_type = lambda kind: {event["stream"].removeprefix("vm/") for event in events if event["type"] == kind}
    return of_type("vm.started") - of_type("vm.deleted")


def violations(events):
    """Yields a sentence for everything that is wrong."""
    yield from _positions(events)
    yield from _doubled(events)
    yield from _leases(events)
    yield from _addresses(events)
    yield from _jobs(events)
    yield from _slurm_runs(events)


def _positions(events):
    for expected, event in enumerate(events, start=1):
        if event["position"] != expected:
            yield f"position {expected} is missing: {event['position']} follows"
            return
    versions = defaultdict(int)
    for event in events:
        versions[event["stream"]] += 1
        if event["version"] != versions[event["stream"]]:
            yield f"{event['stream']} has version {event['version']} where {versions[event['stream']]} was due"


def _doubled(events):
    once = ("operation.started", "vm.requested", "vm.placed", "vm.deleted", "lease.requested", "lease.granted",
            "node.registered", "gpu.registered", "account.registered", "project.created", "token.access_key_issued",
            "job.submitted", "job.ended", "job_array.submitted", "service.requested", "service.ended", "instance.requested", "instance.deleted",
            "slurm_run.attempt_claimed", "slurm_run.ended")
    counts = Counter((event["type"], event["stream"]) for event in events if event["type"] in once)
    for (kind, stream), count in counts.items():
        if count > 1:
            yield f"{stream} has {kind} {count} times"
    ends = Counter(event["stream"] for event in events if event["type"] in ("operation.succeeded", "operation.failed"))
    for stream, count in ends.items():
        if count > 1:
            yield f"{stream} ended {count} times"


def _leases(events):
    holder = {}
    fence = 0
    for event in events:
        if event["type"] == "gpu.claimed":
            gpu, lease = event["stream"], event["data"]["lease_id"]
            if holder.get(gpu) is not None:
                yield f"{gpu} is claimed for lease {lease} while {holder[gpu]} has it (position {event['position']})"
            holder[gpu] = lease
            fence = max(fence, event["data"]["fence"])
        elif event["type"] == "gpu.released":
            if holder.get(event["stream"]) != event["data"]["lease_id"]:
                yield f"{event['stream']} is released from a lease that hasn't got it"
            holder[event["stream"]] = None
        elif event["type"] == "lease.granted":
            lease = event["stream"].removeprefix("lease/")
            for index in event["data"]["gpu_indices"]:
                gpu = f"gpu/{event['data']['node_id']}:{index}"
                if holder.get(gpu) != lease:
                    yield f"lease {lease} is granted {gpu}, which {holder.get(gpu)} has"
    over = {event["stream"].removeprefix("lease/") for event in events
            if event["type"] in ("lease.released", "lease.expired", "lease.refused")}
    for gpu, lease in holder.items():
        if lease in over:
            yield f"{gpu} is still claimed for lease {lease}, which has ended"


def _addresses(events):
    address_of = {}
    for event in events:
        if event["type"] == "vm.started":
            address = event["data"]["private_ipv4"]
            if address in address_of.values():
                yield f"{event['stream']} gets {address}, which another VM has"
            address_of[event["stream"]] = address
        elif event["type"] in ("vm.deleted", "vm.failed"):
            address_of.pop(event["stream"], None)


def _jobs(events):
    """A job that is over holds nothing and runs no more; nobody else's tasks bear an array's ids."""
    over, held, arrays = set(), defaultdict(set), {}
    for event in events:
        kind, _, id = event["stream"].partition("/")
        if kind == "job":
            if id in over and event["type"] not in ("job.mail_noted",):
                yield f"job {id} has ended, and yet: {event['type']} (position {event['position']})"
            if event["type"] == "job.ended":
                over.add(id)
                if held[id]:
                    yield f"job {id} ended with leases {sorted(held[id])}"
        elif kind == "lease" and id.startswith("job-"):
            holders = held[id.removeprefix("job-").split(".")[0]]
            if event["type"] == "lease.granted":
                holders.add(id)
            elif event["type"] in ("lease.released", "lease.expired"):
                holders.discard(id)
        elif event["type"] == "job_array.submitted":
            arrays[int(id)] = len(event["data"]["task_ids"])
    for event in events:
        if event["type"] == "job.submitted" and (task := event["data"].get("task")):
            job = int(event["stream"].removeprefix("job/"))
            if not task["array_id"] <= job < task["array_id"] + arrays.get(task["array_id"], 0):
                yield f"job {job} is no task of array {task['array_id']}"


def _slurm_runs(events):
    """Nothing becomes of a run that is over; a job ends once for each place that it had."""
    over, placed = set(), set()
    for event in events:
        stream, type = event["stream"], event["type"]
        if stream in over:
            yield f"{stream} has ended, and yet: {type} (position {event['position']})"
        if type == "slurm_run.ended":
            over.add(stream)
        elif type == "job.allocated":
            placed.add(stream)
        elif type == "job.exited":
            if stream not in placed:
                yield f"{stream} exits without a place (position {event['position']})"
            placed.discard(stream)

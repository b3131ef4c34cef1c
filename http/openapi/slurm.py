"""Slurm in the document of the administration (http/native/openapi.json)."""

from shapes import record

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}
TRUTH = {"type": "boolean"}
TIME = {"type": "string", "format": "date-time"}


def or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


USE = dict(gpu_count=COUNT, cpu_count=COUNT, memory_mib=COUNT)
SCHEMAS = {
    "SlurmCluster": record(
        name={**TEXT, "description": "Of the cluster here that has its nodes."},
        version=TEXT, booted_at={**or_null(TIME), "description": "When its controller was started."},
        nodes={"type": "array", "items": record(
            name={**TEXT, "description": "In Slurm."}, node_id={**TEXT, "description": "Here."}, address=TEXT,
            gpu_type=or_null(TEXT), **USE, features=TEXTS, partitions=TEXTS,
            foreign_use={**record(**USE), "description": "What jobs use of it that aren't ours, or it lacks by now."})}),
    "SlurmRun": record(
        run={**TEXT, "description": "A service, job or instance, with the fence of its lease."},
        state={"enum": ["requested", "submitted", "placed", "claimed", "lost", "ended"],
               "description": "requested: to be handed to Slurm; submitted: Slurm has it, and may still forget it; placed: "
                              "Slurm won't; claimed: it runs; lost: the next attempt is to come."},
        withdrawn={**TRUTH, "description": "No attempt may start any more."},
        attempt={**COUNT, "description": "0: it was withdrawn before the first."}, node_id=or_null(TEXT),
        slurm_job_id=or_null(COUNT), controller_booted_at=or_null(TIME),
        host={**or_null(TEXT), "description": "Where it runs, or ran."},
        lost_reason={**or_null(TEXT), "description": "Why an attempt was lost last."},
        ended=or_null(record(end={"enum": ["exited", "cancelled", "timed_out", "preempted", "node_failed", "out_of_memory",
                                           "lost", "never_started"]},
                             exit_code=or_null(COUNT), signal=or_null(COUNT), message=or_null(TEXT))),
        requested_at=TIME, submitted_at=or_null(TIME), claimed_at=or_null(TIME), ended_at=or_null(TIME)),
}

ROUTES = [
    ("get", "/slurm", "listSlurmClusters", "The Slurms that work is sent to, with their nodes", "[SlurmCluster]", None),
    ("get", "/slurm/runs", "listSlurmRuns", "What was sent to Slurm: all that goes on, and the last 10,000 that ended",
     "[SlurmRun]", None),
    ("get", "/slurm/runs/{run}", "getSlurmRun", "One run: how far it is in Slurm, and how it ended", "SlurmRun", None),
]
PAGED = {"listSlurmRuns"}
QUERIES = {
    "listSlurmRuns": [("state", "Only runs in this state."), ("after", "The id after which to go on."),
                      ("limit", "Runs at most, up to 1000.")],
}

#!/usr/bin/env python3
"""Writes http/aicenter/openapi.json: Slurm's REST face, v0.0.38 as slurmrestd 22.05 has it.

  http/openapi/aicenter.py           writes it
  http/openapi/aicenter.py --check   fails where the file is not what would be written
"""

import re
import sys

from document_file import keep
from shapes import listed, ref

TYPES = {"s": {"type": "string"}, "i": {"type": "integer"}, "n": {"type": "number"}, "b": {"type": "boolean"},
         "S": {"type": "array", "items": {"type": "string"}}, "A": {"type": "array", "items": {"type": "object"}},
         "o": {"type": "object"}, "i?": {"type": ["integer", "null"]}, "s?": {"type": ["string", "null"]},
         "n?": {"type": ["number", "null"]}, "any": {}}


def table(text, optional=()):
    """"name:type" words as an object with these members and no others; "_" in a name is a blank where Slurm has one."""
    members = dict(word.rsplit(":", 1) for word in text.split())
    members = {name.replace("~", " "): TYPES[kind] for name, kind in members.items()}
    return {"type": "object", "additionalProperties": False,
            "required": [name for name in members if name not in optional], "properties": members}


JOB = """
account:s accrue_time:i admin_comment:s array_job_id:i array_task_id:i? array_max_tasks:i array_task_string:s
association_id:i batch_features:s batch_flag:b batch_host:s flags:S burst_buffer:s burst_buffer_state:s cluster:s
cluster_features:s command:s comment:s container:s contiguous:b core_spec:i? thread_spec:i? cores_per_socket:i?
billable_tres:n? cpus_per_task:i? cpu_frequency_minimum:i? cpu_frequency_maximum:i? cpu_frequency_governor:i?
cpus_per_tres:s deadline:i delay_boot:i dependency:s derived_exit_code:i eligible_time:i end_time:i excluded_nodes:s
exit_code:i features:s federation_origin:s federation_siblings_active:s federation_siblings_viable:s gres_detail:S
group_id:i group_name:s job_id:i job_resources:o job_state:s last_sched_evaluation:i licenses:s max_cpus:i max_nodes:i
mcs_label:s memory_per_tres:s name:s nodes:s nice:i? tasks_per_core:i? tasks_per_node:i tasks_per_socket:i?
tasks_per_board:i cpus:i node_count:i tasks:i het_job_id:i het_job_id_set:s het_job_offset:i partition:s prefer:s
memory_per_node:i? memory_per_cpu:i? minimum_cpus_per_node:i minimum_tmp_disk_per_node:i preempt_time:i pre_sus_time:i
priority:i profile:i? qos:s reboot:b required_nodes:s requeue:b resize_time:i restart_cnt:i resv_name:s shared:s?
show_flags:S sockets_per_board:i sockets_per_node:i? start_time:i state_description:s state_reason:s standard_error:s
standard_input:s standard_output:s submit_time:i suspend_time:i system_comment:s time_limit:i time_minimum:i
threads_per_core:i? tres_bind:s tres_freq:s tres_per_job:s tres_per_node:s tres_per_socket:s tres_per_task:s
tres_req_str:s tres_alloc_str:s user_id:i user_name:s wckey:s current_working_directory:s"""
NODE = """
architecture:s burstbuffer_network_address:s boards:i boot_time:i comment:s cores:i cpu_binding:i cpu_load:any extra:s
free_memory:any cpus:i last_busy:i features:s active_features:s gres:s gres_drained:s gres_used:s mcs_label:s name:s
next_state_after_reboot:s address:s hostname:s state:s state_flags:S next_state_after_reboot_flags:S operating_system:s
owner:any partitions:S port:i real_memory:i reason:s reason_changed_at:i reason_set_by_user:s? slurmd_start_time:i
sockets:i threads:i temporary_disk:i weight:i tres:s slurmd_version:s alloc_memory:i alloc_cpus:i idle_cpus:i
tres_used:s? tres_weighted:n"""
PARTITION = """
flags:S preemption_mode:S allowed_allocation_nodes:s allowed_accounts:s allowed_groups:s allowed_qos:s alternative:s
billing_weights:s default_memory_per_cpu:i? default_memory_per_node:i? default_time_limit:i? denied_accounts:s denied_qos:s
preemption_grace_time:i maximum_cpus_per_node:i maximum_memory_per_cpu:i? maximum_memory_per_node:i?
maximum_nodes_per_job:i max_time_limit:i? min~nodes~per~job:i name:s nodes:s over_time_limit:i? priority_job_factor:i
priority_tier:i qos:s state:s total_cpus:i total_nodes:i tres:s"""

#: Keys of a submission, and what each is: the option of sbatch that it stands for.
JOB_WORDS = {
    "account": "--account", "account_gather_frequency": "taken, without effect", "argv": "arguments of the script",
    "array": "--array", "batch_features": "taken, without effect", "begin_time": "--begin, or seconds since 1970",
    "comment": "--comment", "constraints": "--constraint: features joined by \"&\"",
    "core_specification": "taken, without effect", "cores_per_socket": "taken, without effect",
    "cpu_binding_hint": "taken, without effect", "cpu_frequency": "taken, without effect", "cpus_per_gpu": "--cpus-per-gpu",
    "cpus_per_task": "--cpus-per-task", "current_working_directory": "--chdir", "cwd": "--chdir",
    "delay_boot": "taken, without effect", "dependency": "--dependency", "distribution": "taken, without effect",
    "environment": "NAME: value; a batch job must have some", "exclude_nodes": "--exclude",
    "exclusive": "\"true\", \"exclusive\", \"user\" and \"mcs\" all: no other job on its nodes",
    "get_user_environment": "taken, without effect", "gpu_binding": "taken, without effect",
    "gpu_frequency": "taken, without effect", "gpus": "--gpus", "gpus_per_node": "--gpus-per-node",
    "gpus_per_task": "--gpus-per-task", "gres": "--gres, such as \"gpu:a100:2\"", "gres_flags": "taken, without effect",
    "hold": "--hold", "job_name": "--job-name", "kill_on_invalid_dependency": "taken, without effect", "mail_type": "--mail-type",
    "mail_user": "--mail-user", "mcs_label": "taken, without effect", "memory_binding": "taken, without effect",
    "memory_per_cpu": "--mem-per-cpu, MiB", "memory_per_gpu": "--mem-per-gpu, MiB", "memory_per_node": "--mem, MiB; 0: all that is allowed",
    "minimum_cpus_per_node": "--mincpus", "minimum_nodes": "taken, without effect", "name": "--job-name", "nice": "--nice",
    "no_kill": "taken, without effect", "no_requeue": "--no-requeue", "nodelist": "--nodelist",
    "nodes": "[least, most], or a text as of --nodes; the least is given", "ntasks": "--ntasks",
    "ntasks_per_gpu": "--ntasks-per-gpu", "ntasks_per_node": "--ntasks-per-node", "open_mode": "--open-mode",
    "oversubscribe": "taken, without effect", "partition": "--partition", "prefer": "taken, without effect",
    "priority": "--priority; for operators", "profile": "taken, without effect", "qos": "--qos", "requeue": "--requeue or --no-requeue",
    "reservation": "--reservation", "signal": "--signal", "spread_job": "taken, without effect",
    "standard_error": "--error", "standard_input": "--input", "standard_output": "--output", "tasks": "--ntasks",
    "tasks_per_node": "--ntasks-per-node", "temporary_disk_per_node": "taken, without effect",
    "test_only": "judged, not submitted", "time_limit": "--time, minutes", "time_minimum": "--time-min, minutes",
    "umask": "taken, without effect", "wait_all_nodes": "taken, without effect", "wckey": "taken, without effect"}
META = {"type": "object", "required": ["plugin", "Slurm"], "additionalProperties": False, "properties": {
    "plugin": table("type:s name:s"),
    "Slurm": {"type": "object", "required": ["version", "release"], "additionalProperties": False,
              "properties": {"version": table("major:i micro:i minor:i"), "release": {"const": "22.05.8"}}}}}
ERROR_NAMES = ("description", "error_number", "error_code", "error", "errno", "source")


def answer(**members):
    """meta, errors, and what else an answer may have."""
    return {"type": "object", "additionalProperties": False, "required": ["meta", "errors", *members],
            "properties": {"meta": ref("Meta"), "errors": listed(ref("Error")), **members}}


SCHEMAS = {
    "Meta": META,
    "Error": {**table("description:s error_number:i error_code:i error:s errno:i source:s", ERROR_NAMES),
              "description": "slurmrestd has several forms of it; the status says little, the errors all."},
    "Refusal": {"type": "object", "required": ["meta", "errors"],
                "properties": {"meta": ref("Meta"), "errors": listed(ref("Error"))}},
    "Job": table(JOB, ("job_resources",)),
    "Node": table(NODE),
    "Partition": table(PARTITION),
    "JobWords": {"type": "object", "additionalProperties": False,
                 "properties": {name: {"description": text} for name, text in JOB_WORDS.items()}},
    "Submission": {"type": "object", "properties": {
        "script": {"type": "string", "description": "Its #SBATCH lines count; `job` goes before them."},
        "job": ref("JobWords"), "jobs": {"type": "array", "maxItems": 1, "items": ref("JobWords")},
        "interactive": {"type": "boolean", "description": "Ours: somebody waits for it at a terminal; needs no script."}}},
    "Submitted": answer(job_id={"type": "integer", "minimum": 0}, step_id={"type": "string"},
                        job_submit_user_msg={"type": "string"}),
    "Done": answer(),
    "Jobs": answer(jobs=listed(ref("Job"))),
    "Nodes": answer(nodes=listed(ref("Node"))),
    "Partitions": answer(partitions=listed(ref("Partition"))),
    "Reservations": answer(reservations=listed({"type": "object", "required": ["name", "node_list", "start_time", "end_time"]})),
    "Licenses": answer(licenses=listed({"type": "object"})),
    "Pings": answer(pings=listed(table("hostname:s ping:s status:i mode:s"))),
    "Diag": answer(statistics={"type": "object", "required": ["jobs_submitted", "jobs_pending", "jobs_running"]}),
}

PLAIN = {"text/plain": {"schema": {"type": "string"}}}
UPDATE_TIME = {"name": "update_time", "in": "query", "required": False, "schema": {"type": "string"},
               "description": "304 where nothing has changed since (seconds since 1970), else all."}
SIGNAL = {"name": "signal", "in": "query", "required": False, "schema": {"type": "string"},
          "description": "A name or a number; without one, and with 9, the job ends."}
IDEMPOTENCY_KEY = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255},
                   "description": "A retry under the same key gets the first job's id and submits nothing. Slurm has none."}

#: Method, path, id, summary, schema of 200, further parameters, schema of the body.
SLURM = [
    ("get", "/jobs", "getJobs", "Jobs that wait, run, or ended within five minutes", "Jobs", [UPDATE_TIME], None),
    ("get", "/job/{job_id}", "getJob", "A job, a task (1000_3) or all tasks of an array", "Jobs", [], None),
    ("post", "/job/{job_id}", "updateJob", "Change a job that waits; of one that runs name, comment, mail and time limit", "Done", [],
     "JobWords"),
    ("delete", "/job/{job_id}", "cancelJob", "Cancel a job, or send it a signal", "Done", [SIGNAL], None),
    ("post", "/job/submit", "submitJob", "Submit a batch job", "Submitted", [IDEMPOTENCY_KEY], "Submission"),
    ("get", "/nodes", "getNodes", "The cluster's nodes", "Nodes", [UPDATE_TIME], None),
    ("get", "/node/{node_name}", "getNode", "A node", "Nodes", [], None),
    ("get", "/partitions", "getPartitions", "The cluster's partitions", "Partitions", [UPDATE_TIME], None),
    ("get", "/partition/{partition_name}", "getPartition", "A partition", "Partitions", [], None),
    ("get", "/reservations", "getReservations", "Nodes kept for somebody", "Reservations", [UPDATE_TIME], None),
    ("get", "/reservation/{reservation_name}", "getReservation", "A reservation", "Reservations", [], None),
    ("get", "/licenses", "getLicenses", "None: nothing is licensed here", "Licenses", [], None),
    ("get", "/ping", "ping", "Whether the controller is there", "Pings", [], None),
    ("get", "/diag", "diag", "What the controller has done", "Diag", [], None),
]
#: Path, id, summary, member of the answer.
SLURMDB = [
    ("/jobs", "slurmdbGetJobs", "Jobs as the accounting has them", "jobs"),
    ("/job/{job_id}", "slurmdbGetJob", "A job as the accounting has it", "jobs"),
    ("/accounts", "slurmdbGetAccounts", "Accounts: the center's teams", "accounts"),
    ("/account/{account_name}", "slurmdbGetAccount", "An account", "accounts"),
    ("/users", "slurmdbGetUsers", "Users", "users"),
    ("/user/{user_name}", "slurmdbGetUser", "A user", "users"),
    ("/associations", "slurmdbGetAssociations", "Who belongs to which account", "associations"),
    ("/association", "slurmdbGetAssociation", "One association", "associations"),
    ("/qos", "slurmdbGetQos", "Qualities of service", "QOS"),
    ("/qos/{qos_name}", "slurmdbGetOneQos", "A quality of service", "QOS"),
    ("/clusters", "slurmdbGetClusters", "The cluster", "clusters"),
    ("/cluster/{cluster_name}", "slurmdbGetCluster", "The cluster", "clusters"),
    ("/wckeys", "slurmdbGetWckeys", "None: nobody has keys of workloads here", "wckeys"),
    ("/wckey/{wckey}", "slurmdbGetWckey", "None", "wckeys"),
    ("/tres", "slurmdbGetTres", "What is counted", "TRES"),
    ("/config", "slurmdbGetConfig", "Everything about users, accounts and qualities of service", None),
    ("/diag", "slurmdbDiag", "What the accounting has done", "statistics"),
]


def content(schema):
    return {"content": {"application/json": {"schema": schema}}}


def operation_of(path, operation_id, summary, schema, parameters, body):
    operation = {"operationId": operation_id, "summary": summary, "parameters": [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", path)]}
    operation["parameters"] += parameters
    if body:
        operation["requestBody"] = {"required": True, **content(ref(body))}
    failed = {"$ref": "#/components/responses/Refused"}
    operation["responses"] = {"200": {"description": "OK; what was refused stands in `errors`", **content(schema)}}
    if any(each["name"] == "update_time" for each in parameters):
        operation["responses"]["304"] = {"description": "Nothing has changed since update_time."}
    for status in ("400", "403", "500", "503"):
        operation["responses"][status] = failed
    if operation_id == "submitJob":
        operation["responses"].update({"409": failed, "422": failed})
    operation["responses"]["401"] = {"description": "Nobody is named, or the token is no good.", "content": PLAIN}
    return operation


def document():
    paths = {}
    for method, path, operation_id, summary, schema, parameters, body in SLURM:
        paths.setdefault("/slurm/v0.0.38" + path, {})[method] = operation_of(
            path, operation_id, summary, ref(schema), parameters, body)
    for path, operation_id, summary, member in SLURMDB:
        schema = {"type": "object", "required": ["meta", "errors", *([member] if member else [])],
                  "properties": {"meta": ref("Meta"), "errors": listed(ref("Error"))}}
        paths.setdefault("/slurmdb/v0.0.38" + path, {})["get"] = operation_of(path, operation_id, summary, schema, [], None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Slurm REST API", "version": "v0.0.38",
                 "description": "Batch jobs as slurmrestd 22.05 speaks of them, as served by Orrery."},
        "servers": [{"url": "/"}], "security": [{"user": [], "token": []}, {"bearer": []}], "paths": paths,
        "components": {
            "securitySchemes": {
                "user": {"type": "apiKey", "in": "header", "name": "X-SLURM-USER-NAME"},
                "token": {"type": "apiKey", "in": "header", "name": "X-SLURM-USER-TOKEN",
                          "description": "A JSON Web Token of `auth/jwt`: HS256 over exp, iat and sun."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "The same token."}},
            "responses": {"Refused": {
                "description": "Told by `errors`: the status is mostly 500, as slurmrestd's.",
                "content": {"application/json": {"schema": ref("Refusal")}, **PLAIN}}},
            "schemas": SCHEMAS}}


if __name__ == "__main__":
    sys.exit(keep("aicenter", document()))

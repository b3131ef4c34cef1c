"""What operators see of the GPU marketplace (/orrery/v1/clients …): a part of http/native/openapi.json, for native.py."""

from shapes import record, words

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
TRUTH = {"type": "boolean"}
TIME = {"type": "string", "format": "date-time"}
NUMBER = {"type": "string", "pattern": r"^[0-9]+$"}
ROLE = {"enum": ["user", "gpu_provider", "admin"]}
#: Whole microseconds behind the point, as a string: a JSON number may lose digits on its way.
SECONDS = {"type": "string", "pattern": r"^[0-9]+\.[0-9]{6}$", "examples": ["12.500000"]}
SUMS = dict(gpu_seconds=SECONDS, answers=COUNT, tokens=COUNT)


def or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


NAME = {**or_null(TEXT), "description": "null where it can't be read any more"}

SCHEMAS = {
    "Client": record(
        id=NUMBER, username=NAME, email=NAME, email_verified=TRUTH, role=ROLE,
        approved={**TRUTH, "description": "As a provider: his nodes are given work."},
        provider_since=or_null(TIME), devices=COUNT, registered_at=TIME),
    "SharedNode": record(
        id=NUMBER, node_id={**TEXT, "description": "Of the machine, as in /orrery/v1/nodes."}, client_id=NUMBER,
        gpu_record_id=TEXT, model=TEXT, served_model=TEXT, reach={"enum": ["agent", "endpoint"]},
        gpu_model=or_null(TEXT), gpu_count=COUNT, cpu_count=COUNT, memory_mib=COUNT,
        concurrency={**COUNT, "description": "Questions at once; 0 where it doesn't say."}, ready=TRUTH, cordoned=TRUTH,
        approved={**TRUTH, "description": "Whether its owner is."},
        last_seen_at={**or_null(TIME), "description": "Its last heartbeat; null where there was none since the start."},
        gpus={"type": "array", "items": record(utilization_percent=COUNT, memory_used_mib=COUNT,
                                               memory_total_mib=COUNT, temperature_c=COUNT)},
        registered_at=TIME),
    "SharingUsage": record(
        ("next",),
        items={"type": "array", "items": record(
            date={"type": "string", "format": "date"}, provider_id=NUMBER, client_id=NUMBER, model=TEXT, **SUMS)},
        total={**record(**SUMS), "description": "Of all pages."},
        next={"type": "string", "description": "Ask again with it as `after`."}),
}

CLIENT = "/clients/{client_id}"
ROUTES = [
    ("get", "/clients", "listClients", "People of the GPU marketplace by number, page by page", "[Client]", None),
    ("get", CLIENT, "getClient", "One of them", "Client", None),
    ("delete", CLIENT, "eraseClient", "Erase a client and everything of his; nobody can read him any more", None, None),
    ("post", f"{CLIENT}/approve", "approveClient", "Let a provider's nodes have work", "Client", None),
    ("post", f"{CLIENT}/suspend", "suspendClient", "Let a provider's nodes have no more work", "Client", None),
    ("post", f"{CLIENT}/role", "changeClientRole", "Change what a client may do", "Client", words("role", role=ROLE)),
    ("get", "/shared-nodes", "listSharedNodes", "Machines that people share, by number, page by page", "[SharedNode]",
     None),
    ("get", "/shared-nodes/{shared_node_id}", "getSharedNode", "One of them, with what it says about its GPUs",
     "SharedNode", None),
    ("get", "/usage", "getSharingUsage",
     "What clients used of whose nodes, by day and model; clients of the marketplace see their own lines",
     "SharingUsage", None),
]
PAGED = {"listClients", "listSharedNodes"}
QUERIES = {
    "listClients": [("role", "Only clients with this role."), ("approved", "true or false."),
                    ("username", "The whole name."), ("email", "The whole address."),
                    ("after", "The id after which to go on."), ("limit", "Clients at most, up to 1000.")],
    "listSharedNodes": [("model", "Only nodes that offer this model."), ("client", "Only nodes of this client."),
                        ("after", "The id after which to go on."), ("limit", "Nodes at most, up to 1000.")],
    "getSharingUsage": [("from", "First day (UTC), such as 2027-01-01; 30 days before `to`, if absent."),
                        ("to", "Last day, included; today, if absent."),
                        ("provider", "Only what was used of this client's nodes."),
                        ("client", "Only what this client used."),
                        ("after", "The `next` of the page before."), ("limit", "Lines at most, up to 1000.")],
}
#: Operations that a client of the marketplace may ask with his own credential.
FOR_CLIENTS = {"getSharingUsage"}
SECURITY = {
    "client": {"type": "apiKey", "in": "header", "name": "Authorization",
               "description": "\"Token <token>\", as in the GPU-sharing API."},
    "clientPassword": {"type": "http", "scheme": "basic"},
}

#!/usr/bin/env python3
"""Writes the administration's part of http/native/openapi.json; the rest of the document stays as it is.

  http/openapi/native.py           writes it
  http/openapi/native.py --check   fails where the file is not what would be written
"""

import json
import re
import sys

import agents
import center
import center_files
import history
import marketplace
import slurm
import slurm_claims
import webhooks
from document_file import keep, path_of
from shapes import record, ref, words

TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
TRUTH = {"type": "boolean"}
TIME = {"type": "string", "format": "date-time"}
TEXTS = {"type": "array", "items": TEXT}
COUNTS = {"type": "object", "additionalProperties": COUNT}
#: Dollars as a string: a JSON number may lose digits on its way.
USD = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
#: CNY, as dollars.
CNY = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["2.50"]}
PAYMENT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,2})?$", "examples": ["100.00"]}
RATIO = {"type": "string", "pattern": r"^[01](\.[0-9]{1,4})?$", "examples": ["0.48"]}
EMAIL = {"type": ["string", "null"], "description": "null once the person was erased"}


def or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


KEY = dict(id=TEXT, name=TEXT, scope={"enum": ["organization", "project", "operator"]}, project_id=TEXT,
           created_at=TIME, created_by=TEXT, expires_at=or_null(TIME), expired=TRUTH)
LIMITS = dict(gpus=COUNTS, vms=or_null(COUNT), disks=or_null(COUNT), disk_gib=or_null(COUNT), month_usd=or_null(USD))
TOKEN = {**KEY, "scope": {"const": "namespace"}, "namespace_id": TEXT}
del TOKEN["project_id"]
SELLING_TYPE = {"enum": ["pay_as_you_go", "monthly", "weekly", "daily"]}
MANY = {"type": "integer", "minimum": 1}
DISCOUNT = record(id=WORD, ratio=RATIO, starts_at=TIME, ends_at=TIME)
REGION = dict(id=WORD, name=WORD, cluster=WORD, image_registry=WORD, howler_id=TEXT, gateway_domain=WORD, ssh_domain=WORD)
SERVICE_STATUS = {"enum": ["pending", "building", "starting", "running", "completed", "failed", "cancelled"]}
SKU = dict(id=WORD, region_id=WORD, name=WORD, cpu_arch=WORD, cpu_series=WORD, cpu_vendor=WORD, cpu_count=MANY,
           memory_gib=MANY, gpu_series=WORD, gpu_product=WORD, gpu_resource_key=WORD, gpu_model=WORD,
           gpu_count={"type": "integer", "minimum": 1, "maximum": 8}, gpu_memory_gib=MANY, system_disk_gb=MANY,
           data_disk_gb=MANY, selling_type=SELLING_TYPE, price=PAYMENT, discount=or_null(DISCOUNT))

MACHINES = dict(node_count={"type": "integer", "minimum": 1, "maximum": 1000000},
                gpus_per_node={"type": "integer", "minimum": 0, "maximum": 16}, gpu_model=TEXT,
                cpu_count={"type": "integer", "minimum": 0, "maximum": 65536},
                memory_mib={"type": "integer", "minimum": 0, "maximum": 1073741824}, seed=COUNT)
RATE = {"type": "integer", "minimum": 0, "maximum": 3600000000}
RATES = dict(xid_per_million_gpu_hours=RATE, ecc_per_million_gpu_hours=RATE, node_loss_per_million_node_hours=RATE,
             partition_per_million_node_hours=RATE,
             slow_start_permille={"type": "integer", "minimum": 0, "maximum": 1000})
FAULT = dict(after_ms={**COUNT, "description": "Since the script was set, in simulated time."},
             kind={"enum": ["xid", "ecc", "node_loss", "partition", "slow_start"]}, node_id=WORD, gpu_index=COUNT,
             code={**COUNT, "description": "The XID; 0: the usual one of its kind."},
             duration_ms={**COUNT, "description": "Of an outage, a partition or a slow start."})

SCHEMAS = {
    "Organization": record(id=TEXT, name=TEXT, stripe_customer_id=TEXT),
    "Project": record(id=TEXT, organization_id=TEXT, name=TEXT, created_at=TIME),
    "Member": record(("disabled",), account_id=TEXT, email=EMAIL, role={"enum": ["member", "admin"]}, disabled=TRUTH),
    "Key": record(("project_id",), **KEY),
    "NewKey": record(("project_id", "signing_secret"), **KEY, access_key=TEXT, signing_secret=TEXT),
    "Account": record(id=TEXT, email=EMAIL, disabled=TRUTH, organizations={
        "type": "array", "items": record(organization_id=TEXT, role={"enum": ["member", "admin"]})}),
    "Me": record(("account_id", "email", "organization_id", "project_id", "namespace_id"),
                 kind={"enum": ["session", "organization_key", "project_key", "operator_key", "namespace_key"]},
                 actor=TEXT, account_id=TEXT, email=EMAIL, organization_id=TEXT, project_id=TEXT, namespace_id=TEXT),
    "Quota": record(project_id=TEXT, limits=record(**LIMITS),
                    use=record(gpus=COUNTS, vms=COUNT, disks=COUNT, disk_gib=COUNT, month_usd=USD)),
    "Price": record(metric={"enum": ["gpu-hours", "disk-gb-hours"]}, product=TEXT, usd_per_hour=USD, since=TIME),
    "Reservation": record(id=TEXT, organization_id=TEXT, vm_type=TEXT, location=TEXT, vm_count=COUNT, starts_at=TIME,
                          ends_at=TIME, usd_per_gpu_hour=USD, vm_ids=TEXTS, ended=TRUTH),
    "AddressPool": record(name=TEXT, location=TEXT, cidr=TEXT),
    "Cluster": record(name=TEXT, location=TEXT, when_full={"enum": ["refuse", "queue"]},
                      strategy={"enum": ["pack", "spread"]}, gpu_models=TEXTS),
    "Node": record(id=TEXT, cluster=TEXT, gpu_model=TEXT, gpu_count=COUNT, cpu_count=COUNT,
                   memory_mib=COUNT, driver={"enum": ["simulated", "local_process", "owner", "slurm"]}, ready=TRUTH, cordoned=TRUTH,
                   cordons={"type": "array", "items": record(owner={**or_null(TEXT), "description":
                            "Who alone lifts it, such as gpu-repair; null: an operator."}, reason=TEXT)},
                   reason=TEXT, since=TIME),
    "SimulatedCluster": record(
        name=TEXT, **MACHINES, complete={**TRUTH, "description": "All nodes and GPUs asked for are registered."},
        requested_at=TIME, since=TIME,
        nodes=record(registered=COUNT, ready=COUNT, cordoned=COUNT, losses=COUNT),
        gpus=record(registered=COUNT, quarantined=COUNT, in_repair=COUNT, in_verification=COUNT, faults=COUNT),
        faults=record(rates=record(**RATES), script={"type": "array", "items": record(**FAULT)})),
    "Image": record(id=TEXT, name=TEXT, description=TEXT, tags=TEXTS, locations=TEXTS, created_at=TIME),
    "Namespace": record(id=TEXT, account_id=or_null(TEXT), opened_at=TIME, balance=CNY, usable_coupons=CNY,
                        in_debt=TRUTH),
    "Token": record(**TOKEN),
    "NewToken": record(**TOKEN, token=TEXT),
    "TopUp": record(id=TEXT, amount=CNY, balance=CNY),
    "Coupon": record(id=TEXT, granted=CNY, left=CNY, expires_at=TIME, usable=TRUTH),
    "BillLine": record(
        position=COUNT, time=TIME,
        kind={"enum": ["top_up", "refund", "order", "renewal", "usage", "volume_storage", "image_storage"]}, amount=CNY,
        coupon_amount=CNY, coupon_id=or_null(TEXT), balance_change=CNY, balance_after=CNY, order_id=or_null(TEXT),
        instance_id=or_null(TEXT), **{"from": or_null(TIME)}, until=or_null(TIME), stored_gb=COUNT,
        causes={"type": "array", "items": COUNT,
                "description": "Positions of the other events behind it: GET /orrery/v1/events?from=…"}),
    "Order": record(
        id=TEXT, instance_id=TEXT, placed_at=TIME, position=COUNT, sku_id=TEXT, display_name=TEXT,
        selling_type=SELLING_TYPE, price=CNY, discount=or_null(DISCOUNT), period_count=COUNT, paid=CNY,
        coupon_id=or_null(TEXT), renewals=TEXTS, paid_until=or_null(TIME), charged=CNY, charged_until=or_null(TIME),
        refunded=CNY, closed=TRUTH),
    "Volume": record(id=TEXT, cluster=TEXT, size_gb=COUNT, instance_ids=TEXTS, unmounted_since=or_null(TIME),
                     created_at=TIME),
    "SavedImage": record(id=TEXT, image=TEXT, instance_id=TEXT, size_bytes=COUNT, saved_at=TIME),
    "Service": record(
        id=TEXT, name=TEXT, recipe=TEXT, recipe_version=TEXT, cluster=TEXT, status=SERVICE_STATUS,
        reason_code={**or_null(TEXT), "description": "Why it waits, is ending or has ended, such as queued or killed."},
        reason=or_null(TEXT),
        resources=record(cpu_count=COUNT, memory_mib=COUNT, gpu_count=COUNT, gpu_model=or_null(TEXT),
                         time_limit_min=COUNT),
        placement={**or_null(record(lease_id=TEXT, node_id=TEXT, gpu_indices={"type": "array", "items": COUNT},
                                    fence=COUNT)), "description": "What it has of a node, or had."},
        address=or_null(record(host=TEXT, port=COUNT)),
        replica=or_null(record(group_id=TEXT, index=COUNT, node_index=COUNT, replica_count=COUNT)),
        exit_code=or_null(COUNT), signal=or_null(COUNT), ended=TRUTH,
        confirmed={**TRUTH, "description": "It has ended, and nothing of it runs; false where its node was lost."},
        created_at=TIME, history={"type": "array", "items": record(status=SERVICE_STATUS, at=TIME)}),
    "Catalog": record(regions={"type": "array", "items": record(**REGION)},
                      skus={"type": "array", "items": record(**SKU)}, images=TEXTS),
    "CatalogChanges": record(
        items={"type": "array", "items": record(
            entry={"enum": ["region", "sku", "image"]}, id=TEXT, change={"enum": ["added", "changed", "withdrawn"]},
            fields={"type": "array", "items": record(key=TEXT, **{"from": TEXT}, to=TEXT)},
            text={"type": "string", "examples": ["sku 66: price 2.50 → 2.00"]})},
        warnings=TEXTS, applied=TRUTH),
}

NAME = words("name", name=WORD)
SIMULATED = words("name", "node_count", name=WORD, **MACHINES, location=TEXT, when_full={"enum": ["refuse", "queue"]},
                  strategy={"enum": ["pack", "spread"]})
FAULTS = words(rates=words(**RATES), script={"type": "array", "maxItems": 10000,
                                             "items": words("kind", "node_id", **FAULT)})
ROLE = words("role", role={"enum": ["member", "admin"]})
NEW_KEY = words("name", name=WORD, expires_at=TIME)
IMAGE = words("name", name=WORD, description=TEXT, tags=TEXTS, locations=TEXTS)

ORGANIZATION = "/organizations/{organization_id}"
PROJECT = "/projects/{project_id}"
NAMESPACE = "/namespaces/{namespace_id}"
TOKEN_DAYS = {"type": "integer", "minimum": 1, "maximum": 36500, "default": 3650}

#: (method, path, operation id, what it does, schema of the answer or None for 204, body); a schema's name in brackets
#: is a list of them.
ROUTES = [
    ("get", "/me", "whoAmI", "Whom the credential speaks for", "Me", None),
    ("post", "/me/password", "changeOwnPassword", "Change one's own password; all of one's sessions end", None,
     words("current_password", "new_password", current_password=WORD, new_password={"type": "string", "minLength": 8})),
    ("get", "/organizations", "listOrganizations", "Organizations that the credential reaches", "[Organization]", None),
    ("post", "/organizations", "createOrganization", "Create an organization", "Organization", NAME),
    ("get", ORGANIZATION, "getOrganization", "One organization", "Organization", None),
    ("patch", ORGANIZATION, "renameOrganization", "Rename an organization", "Organization", NAME),
    ("get", "/projects", "listAllProjects", "Projects that the credential reaches", "[Project]", None),
    ("get", f"{ORGANIZATION}/projects", "listProjects", "Projects of an organization", "[Project]", None),
    ("post", f"{ORGANIZATION}/projects", "createProject", "Create a project", "Project", NAME),
    ("get", PROJECT, "getProject", "One project", "Project", None),
    ("patch", PROJECT, "renameProject", "Rename a project", "Project", NAME),
    ("delete", f"{PROJECT}/personal-data", "eraseProjectData",
     "Erase the SSH keys and scripts that keys of the project have sent", None, None),
    ("get", f"{PROJECT}/quota", "getQuota", "What a project may have, and has", "Quota", None),
    ("put", f"{PROJECT}/quota", "setQuota", "Set all limits; what isn't named is unlimited", "Quota",
     words(gpus=COUNTS, vms=COUNT, disks=COUNT, disk_gib=COUNT, month_usd=USD)),
    ("get", f"{ORGANIZATION}/members", "listMembers", "Members of an organization", "[Member]", None),
    ("post", f"{ORGANIZATION}/members", "addMember", "Add a person; the answer is the same whether or not there is an "
     "account already, whose password then stays as it is; only operators give one", "Member",
     {**ROLE, "required": ["email", "role"],
      "properties": {**ROLE["properties"], "email": WORD, "password": {"type": "string", "minLength": 8}}}),
    ("patch", f"{ORGANIZATION}/members/{{account_id}}", "changeRole", "Change a member's role", "Member", ROLE),
    ("delete", f"{ORGANIZATION}/members/{{account_id}}", "removeMember", "Remove a member, or leave", None, None),
    ("get", f"{ORGANIZATION}/keys", "listKeys", "Access keys of an organization and its projects", "[Key]", None),
    ("post", f"{ORGANIZATION}/keys", "createKey", "Create an access key; it is shown once", "NewKey",
     {**NEW_KEY, "properties": {**NEW_KEY["properties"], "project_id": WORD}}),
    ("get", f"{ORGANIZATION}/keys/{{key_id}}", "getKey", "One access key", "Key", None),
    ("delete", f"{ORGANIZATION}/keys/{{key_id}}", "revokeKey", "Revoke an access key", None, None),
    ("get", f"{ORGANIZATION}/reservations", "listReservations", "Reservations of an organization", "[Reservation]",
     None),
    ("post", f"{ORGANIZATION}/reservations", "createReservation", "Declare a reservation", "Reservation",
     words("vm_type", "location", "vm_count", "starts_at", "ends_at", vm_type=WORD, location=WORD,
           vm_count={"type": "integer", "minimum": 1}, starts_at=TIME, ends_at=TIME, usd_per_gpu_hour=USD)),
    ("get", f"{ORGANIZATION}/reservations/{{reservation_id}}", "getReservation", "One reservation", "Reservation",
     None),
    ("post", f"{ORGANIZATION}/reservations/{{reservation_id}}/end", "endReservation",
     "Let no VM join a reservation any more", "Reservation", None),
    ("get", "/prices", "listPrices", "Prices in force", "[Price]", None),
    ("put", "/prices/{metric}/{product}", "setPrice", "Set a price, from now on", "Price",
     words("usd_per_hour", usd_per_hour=USD)),
    ("get", "/address-pools", "listAddressPools", "Pools of public addresses", "[AddressPool]", None),
    ("put", "/address-pools/{pool}", "declareAddressPool", "Declare a pool, or let it grow", "AddressPool",
     words("location", "cidr", location=WORD, cidr=WORD)),
    ("get", "/clusters", "listClusters", "Clusters", "[Cluster]", None),
    ("put", "/clusters/{cluster}", "declareCluster", "Declare a cluster, or change its policy", "Cluster",
     words(location=TEXT, when_full={"enum": ["refuse", "queue"]}, strategy={"enum": ["pack", "spread"]})),
    ("get", "/nodes", "listNodes", "Nodes by id, page by page", "[Node]", None),
    ("post", "/nodes", "registerNode", "Register a node", "Node",
     words("id", "cluster", id=WORD, cluster=WORD, gpu_model=TEXT,
           gpu_count={"type": "integer", "minimum": 0, "maximum": 16},
           cpu_count={"type": "integer", "minimum": 0, "maximum": 65536},
           memory_mib={"type": "integer", "minimum": 0, "maximum": 1073741824})),
    ("get", "/nodes/{node_id}", "getNode", "One node", "Node", None),
    ("post", "/nodes/{node_id}/cordon", "cordonNode", "Give a node no new work", "Node", words(reason=TEXT)),
    ("post", "/nodes/{node_id}/uncordon", "uncordonNode",
     "Give a node work again: lift the operators' cordon, or those of all", "Node", words(all=TRUTH)),
    ("get", "/simulated-clusters", "listSimulatedClusters", "Simulated clusters", "[SimulatedCluster]", None),
    ("post", "/simulated-clusters", "requestSimulatedCluster",
     "Simulate a cluster, or let one grow; its machines come one after the other", "SimulatedCluster", SIMULATED),
    ("get", "/simulated-clusters/{cluster}", "getSimulatedCluster",
     "One simulated cluster: how far it is, and what is broken in it", "SimulatedCluster", None),
    ("put", "/simulated-clusters/{cluster}/faults", "setSimulatedFaults",
     "Say what breaks in a simulated cluster from now on", "SimulatedCluster", FAULTS),
    ("get", "/services", "listServices", "Services in the order of creation, ended ones too", "[Service]", None),
    ("get", "/services/{service_id}", "getService", "One service: where it runs, what it waits for, how it ended",
     "Service", None),
    ("get", "/images", "listImages", "Images", "[Image]", None),
    ("post", "/images", "publishImage", "Publish an image", "Image", IMAGE),
    ("put", "/images/{image_id}", "replaceImage", "Say anew what an image is", "Image", IMAGE),
    ("get", "/operator-keys", "listOperatorKeys", "Keys of operators", "[Key]", None),
    ("post", "/operator-keys", "createOperatorKey", "Create an operator's key; it is shown once", "NewKey", NEW_KEY),
    ("delete", "/operator-keys/{key_id}", "revokeOperatorKey", "Revoke an operator's key; never the last one", None,
     None),
    ("get", "/accounts", "findAccount", "The account with a mail address", "[Account]", None),
    ("get", "/accounts/{account_id}", "getAccount", "One account", "Account", None),
    ("post", "/accounts/{account_id}/disable", "disableAccount", "End all sessions of an account, and allow none",
     "Account", None),
    ("post", "/accounts/{account_id}/enable", "enableAccount", "Allow sessions again", "Account", None),
    ("post", "/accounts/{account_id}/password", "resetPassword", "Set a password; all sessions end", "Account",
     words("password", password={"type": "string", "minLength": 8})),
    ("delete", "/accounts/{account_id}/personal-data", "erasePerson",
     "Disable an account, and erase the person from every event", None, None),
    ("get", "/namespaces", "listNamespaces", "Namespaces that the credential reaches", "[Namespace]", None),
    ("post", "/namespaces", "openNamespace", "Open a namespace: a customer of the NeoLink API, and a wallet",
     "Namespace", words(id=TEXT, account_id=TEXT)),
    ("get", NAMESPACE, "getNamespace", "One namespace, with its balance", "Namespace", None),
    ("get", f"{NAMESPACE}/tokens", "listTokens", "Tokens of a namespace", "[Token]", None),
    ("post", f"{NAMESPACE}/tokens", "createToken", "Create a token; it is shown once", "NewToken",
     words("name", name=WORD, days=TOKEN_DAYS)),
    ("get", f"{NAMESPACE}/tokens/{{token_id}}", "getToken", "One token", "Token", None),
    ("delete", f"{NAMESPACE}/tokens/{{token_id}}", "revokeToken", "Revoke a token", None, None),
    ("post", f"{NAMESPACE}/tokens/{{token_id}}/regenerate", "regenerateToken",
     "Give a token another secret, which is shown once; the old one is dead", "NewToken", words(days=TOKEN_DAYS)),
    ("post", f"{NAMESPACE}/top-ups", "topUp", "Pay money in; the same id counts once", "TopUp",
     words("amount", amount=PAYMENT, id=TEXT)),
    ("get", f"{NAMESPACE}/coupons", "listCoupons", "Coupons of a namespace, in the order in which they are used up",
     "[Coupon]", None),
    ("post", f"{NAMESPACE}/coupons", "grantCoupon", "Grant a coupon; the same id counts once", "Coupon",
     words("amount", "expires_at", amount=PAYMENT, expires_at=TIME, id=TEXT)),
    ("get", f"{NAMESPACE}/bill", "getBill", "The bill, line by line, each with the events behind it", "[BillLine]",
     None),
    ("get", f"{NAMESPACE}/orders", "listOrders", "Orders of a namespace, newest first", "[Order]", None),
    ("get", f"{NAMESPACE}/volumes", "listVolumes", "Data volumes of a namespace", "[Volume]", None),
    ("delete", f"{NAMESPACE}/volumes/{{volume_id}}", "deleteVolume", "Delete a data volume that nothing has mounted",
     None, None),
    ("get", f"{NAMESPACE}/images", "listSavedImages", "Images that the namespace has saved", "[SavedImage]", None),
    ("delete", f"{NAMESPACE}/images/{{image_id}}", "deleteSavedImage", "Delete a saved image", None, None),
    ("get", "/catalog", "getCatalog", "What the NeoLink API sells: regions, SKUs, official images", "Catalog", None),
    ("put", "/catalog", "replaceCatalog", "Declare all that is for sale; what is missing is withdrawn",
     "CatalogChanges",
     words("regions", "skus", "images", regions={"type": "array", "items": words(*REGION, **REGION)},
           skus={"type": "array", "items": words(*(key for key in SKU if key != "discount"), **SKU)}, images=TEXTS)),
]
#: Lists that come page by page, with `next` where more follows.
PAGED = {"listNodes", "listNamespaces", "getBill", "listOrders", "listVolumes", "listSavedImages", "listServices"} | marketplace.PAGED | center.PAGED | slurm.PAGED
#: Bodies that may be absent.
OPTIONAL_BODIES = {"cordonNode", "uncordonNode", "regenerateToken"} | center.OPTIONAL_BODIES | webhooks.OPTIONAL_BODIES
CREATES = {"requestSimulatedCluster", "createOrganization", "createProject", "addMember", "createKey", "createReservation", "registerNode",
           "publishImage", "createOperatorKey", "openNamespace", "createToken", "topUp", "grantCoupon"} | center.CREATES | webhooks.CREATES
QUERIES = {
    "findAccount": [("email", "The whole address.")],
    "listNodes": [("cluster", "Only nodes of this cluster."), ("after", "The id after which to go on."),
                  ("limit", "Nodes at most, up to 1000.")],
    "getBill": [("from", "Only what moved money from then on: a time of RFC 3339."),
                ("to", "Only what moved money before."), ("after", "The `next` of the page before."),
                ("limit", "Lines at most, up to 1000.")],
    "listOrders": [("after", "The `next` of the page before."), ("limit", "Orders at most, up to 1000.")],
    "listNamespaces": [("after", "The `next` of the page before."), ("limit", "Namespaces at most, up to 1000.")],
    "listSavedImages": [("after", "The `next` of the page before."), ("limit", "Images at most, up to 1000.")],
    "listVolumes": [("after", "The `next` of the page before."), ("limit", "Volumes at most, up to 1000.")],
    "listServices": [("status", "Only services of this status."), ("group", "Only replicas of this group."),
                     ("after", "The id after which to go on."), ("limit", "Services at most, up to 1000.")],
    "replaceCatalog": [("dry_run", "true: only say what would change.")],
}
ERRORS = {
    400: "A field, a parameter or the body is wrong; the detail names it.",
    401: "No valid credential.",
    403: "The credential may not do this.",
    404: "Absent, or somebody else's.",
    409: "It doesn't go together with the present state.",
    413: "The body is larger than a MiB.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many passwords are being guessed or hashed.",
    503: "Nothing can be changed now.",
}


def json_content(schema):
    return {"content": {"application/json": {"schema": schema}}}


def answer_schema(answer, operation_id):
    if not answer.startswith("["):
        return ref(answer)
    listed = record(("next",) if operation_id in PAGED else (),
                    items={"type": "array", "items": ref(answer.strip("[]"))})
    if operation_id in PAGED:
        listed["properties"]["next"] = {"type": "string", "description": "Ask again with it as `after`."}
    return listed


def operation_of(method, path, operation_id, summary, answer, body):
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"{(\w+)}", path)]
    if method == "post":
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": False,
                           "description": "A retry under the same key gets the first answer and does nothing twice.",
                           "schema": {"type": "string", "maxLength": 255}})
    for name, description in {**QUERIES, **marketplace.QUERIES, **center.QUERIES, **slurm.QUERIES}.get(operation_id, ()):
        parameters.append({"name": name, "in": "query", "required": False, "description": description, "schema": TEXT})
    status = "204" if answer is None else "201" if operation_id in CREATES else "200"
    responses = {status: {"description": "Done."} if answer is None else
                 {"description": "OK", **json_content(answer_schema(answer, operation_id))}}
    for_clients = operation_id in marketplace.FOR_CLIENTS
    errors = (400, 401, 403, 404) if method == "get" and not for_clients else tuple(ERRORS)
    for error in errors:
        responses[str(error)] = {"$ref": f"#/components/responses/{error}"}
    for error, description in webhooks.ERRORS.get(operation_id, {}).items():
        responses[str(error)] = {"description": description,
                                 "content": {"application/problem+json": {"schema": ref("Problem")}}}
    operation = {"operationId": operation_id, "summary": summary, "security": [{"administrator": []}]}
    if operation_id in center.OPEN:
        operation["security"] = []
    elif path.startswith("/center/"):
        operation["security"].append({name: [] for name in center.SECURITY})
    if for_clients:
        operation["security"] += [{name: []} for name in marketplace.SECURITY]
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": operation_id not in OPTIONAL_BODIES, **json_content(body)}
    return {**operation, "responses": responses}


def is_of_administration(path):
    return path.startswith("/orrery/v1/") and path != "/orrery/v1/events"


def document_from(present):
    paths = {path: item for path, item in present["paths"].items() if not is_of_administration(path)}
    for method, path, *rest in ROUTES + marketplace.ROUTES + center.ROUTES + slurm.ROUTES + webhooks.ROUTES:
        paths.setdefault("/orrery/v1" + path, {})[method] = operation_of(method, path, *rest)
    paths.update(agents.paths())
    paths.update(center_files.paths())
    paths.update(history.paths())
    paths.update(slurm_claims.paths())
    written = {**SCHEMAS, **marketplace.SCHEMAS, **agents.SCHEMAS, **center.SCHEMAS, **center_files.SCHEMAS,
               **history.SCHEMAS, **slurm.SCHEMAS, **slurm_claims.SCHEMAS, **webhooks.SCHEMAS}
    components = present["components"]
    components["schemas"] = {**{name: schema for name, schema in components["schemas"].items() if name not in written},
                             **written}
    components["responses"] = {
        str(error): {"description": description,
                     "content": {"application/problem+json": {"schema": ref("Problem")}}}
        for error, description in ERRORS.items()}
    components["securitySchemes"]["administrator"] = {
        "type": "http", "scheme": "bearer",
        "description": "An operator's key; for one's own organization its access key or an access token; for one's "
                       "own namespace an access token or, to read, the namespace's token."}
    components["securitySchemes"].update(node=agents.SECURITY, **marketplace.SECURITY, **center.SECURITY,
                                         **slurm_claims.SECURITY)
    return {**present, "paths": paths, "components": components}


if __name__ == "__main__":
    sys.exit(keep("native", document_from(json.loads(path_of("native").read_text(encoding="utf-8")))))

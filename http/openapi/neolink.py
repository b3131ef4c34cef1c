#!/usr/bin/env python3
"""Writes http/neolink/openapi.json.

  http/openapi/neolink.py           writes it
  http/openapi/neolink.py --check   fails where the file is not what would be written
"""

import re
import sys

from document_file import keep
from shapes import listed, record, ref, words

TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number", "minimum": 0}
DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
#: By the clock of Beijing; 0001-01-01T00:00:00Z where it isn't set.
TIME = {"type": "string", "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+08:00|0001-01-01T00:00:00Z)$"}
MILLISECONDS = {"type": "string", "pattern": r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+08:00$"}
SELLING_TYPE = {"enum": ["1", "2", "3", "4"],
                "description": "1 pay as you go, 2 monthly, 3 weekly, 4 daily"}
WORD_OR_NUMBER = {"type": ["string", "integer"]}


ANNOTATIONS = ["cost-coupon-id", "cost-discount-id", "cost-disk-sku-id", "cost-gpu-sku-id", "cost-order-id", "cost-time",
               "cost-type", "description", "display-name", "gpu.machine", "gpu.resource.key", "region",
               "saveDataEnabled", "unit-price"]

MOUNT = record(PathInContainer=TEXT, Type={"enum": ["local-filesystem", "shared-filesystem"]}, Size=COUNT, PVCName=TEXT,
               displayName=TEXT, filesystemType={"enum": ["system", "data"]})


def instance(optional_annotations, description):
    annotations = {f"neolink.ai/{name}": TEXT for name in ANNOTATIONS
                   if name != "saveDataEnabled" or not optional_annotations}
    annotations["neolink.ai/unit-price"] = {**DIGITS, "description": "In fen, as ordered; without the discount."}
    schema = record(
        ("servers", "Pods"),
        name={"type": "string", "pattern": "^instance-[0-9a-f]{8}$"}, namespace=TEXT, Region=TEXT, displayName=TEXT,
        description=TEXT, annotations=record(**annotations), uid=TEXT,
        servers=record(Jupyterlab=TEXT, Tensorboard=TEXT, SSH=record(sshAddr=TEXT, sshPassword=TEXT)),
        image=TEXT, replicas=COUNT,
        resources=record(cpu=DIGITS, memory={"type": "string", "pattern": "^[0-9]+Gi$"}, GPUNum=DIGITS, GPUType=TEXT),
        volumeMounts={**listed(MOUNT), "minItems": 1}, creationTimestamp=TIME, updateTimestamp=TIME,
        ScheduleStopTimestamp={**TIME, "description": "End of what is paid in advance."},
        status={"enum": ["Creating", "Running", "Shutting Down", "Shutdown", "Starting", "Deleting", "Failed"]},
        cost=record(CostType=SELLING_TYPE, CostTime=TEXT, DiscountID=TEXT, GPUSKUID=TEXT, DiskSKUID=TEXT, CouponID=TEXT),
        Pods=listed(record(Name=TEXT, Containers=listed(record(Name=TEXT)), nodeScheduled=TEXT, ip=TEXT)))
    return {"description": description, **schema}


VOLUME_WISH = words(
    PathInContainer={"type": "string", "maxLength": 255, "default": "/root/data"},
    Size={"type": "integer", "minimum": 0, "maximum": 100000,
          "description": "In GB; 0 or none is the SKU's default, which is the minimum too."},
    Type={"enum": ["", "shared-filesystem"]},
    PVCName={"type": "string", "description": "A volume of the namespace that exists; without it a new one is made."})

SCHEMAS = {
    "Error": record(code=WORD, message=WORD),
    "Region": record(id=TEXT, region=TEXT, clusterName=TEXT, harborAddr=TEXT, howlerID=TEXT, createdAt=MILLISECONDS,
                     updatedAt=MILLISECONDS),
    "Sku": record(
        name=TEXT, regionID=TEXT, cpuArch=TEXT, cpuSeries=TEXT, cpucores=COUNT, memoryCount=COUNT, cpuVendor=TEXT,
        gpuSeries=TEXT, gpuProduct=TEXT, gpuResourceKey=TEXT, gpuCounts=COUNT, gpuMemory=COUNT, systemstorage=COUNT,
        datastorage=COUNT, skusID=TEXT, regionName=TEXT, clusterName=TEXT, sellingType=SELLING_TYPE,
        ratio={**NUMBER, "maximum": 1, "description": "What is left of the price within the times of the discount."},
        discountID=TEXT, discountStartTime=TIME, discountEndTime=TIME,
        price={**NUMBER, "description": "In CNY, for an hour, month, week or day."},
        remainGPUCount={**COUNT, "description": "GPUs that creates of this shape would find now."}),
    "Instance": instance(True, "As the answer about one shows it."),
    "ListedInstance": instance(False, "As lists and creates show it."),
    "InstanceList": record(hasNextPage={"type": "boolean"}, nodes=listed(ref("ListedInstance")), totalCount=COUNT),
    "Ok": {"enum": ["ok"]},
    "CreateInstance": words(
        "Cost", "namespace",
        Cost=words("CostType", "DiskSKUID", "GPUSKUID",
                   CostType={"enum": ["1", "2", "3", "4", 1, 2, 3, 4]}, CouponID=TEXT,
                   DiskSKUID={"enum": ["1", 1]}, GPUSKUID=WORD_OR_NUMBER,
                   CostTime={"type": "string", "pattern": r"^(\+?[0-9]+[DWM])?$",
                             "description": "For how long something is paid in advance, such as 3D; +3D makes the "
                                            "instance of this displayName, or name, last longer instead."}),
        VolumeMount={"oneOf": [{**listed(VOLUME_WISH), "maxItems": 8}, VOLUME_WISH],
                     "description": "Required unless CostTime extends."},
        namespace=WORD, displayName={"type": "string", "maxLength": 128},
        image={"type": "string", "description": "Full name with tag. Required unless CostTime extends."},
        Region={"type": "string", "description": "Empty, or the region of the cluster by id or name."},
        name={"type": "string", "description": "Which instance lasts longer, where several have the displayName."}),
    "PowerOff": words(
        gracePeriodSeconds={**WORD_OR_NUMBER, "default": 10, "description": "From 0 to 3600."},
        needSnapshot={"type": ["boolean", "string"], "default": False},
        imageName={"type": "string", "description": "Required with a snapshot."},
        tag={"type": "string", "description": "Required with a snapshot."}),
}

ERRORS = {
    400: "A field, a parameter, the body or the namespace header is wrong or missing; the message names it.",
    401: "No valid token.",
    402: "Not enough money: the wallet is in debt, the balance or the coupon doesn't suffice, or what was paid for is over.",
    404: "Absent, or somebody else's.",
    409: "It doesn't go together with the present state, no node has room, or the first request under this "
         "Idempotency-Key is still on its way.",
    413: "The body is larger than a MiB.",
    422: "The Idempotency-Key was used for another request.",
    503: "Too much is in flight, or changes cannot be stored now.",
}
READ = (400, 401, 404)
CHANGE = (400, 401, 404, 409, 413, 422, 503)
PAID = (400, 401, 402, 404, 409, 413, 422, 503)

INSTANCES = "/clusters/{cluster}/instances"
#: (method, path, operation id, what it does, schema of the answer, its errors, schema of the body)
ROUTES = [
    ("get", "/regions", "listRegions", "Regions and their clusters", listed(ref("Region")), READ, None),
    ("get", "/skus/computings", "listSkus", "What can be ordered", listed(ref("Sku")), READ, None),
    ("post", INSTANCES, "createInstance", "Order an instance, or let one that is paid in advance last longer",
     ref("ListedInstance"), PAID, "CreateInstance"),
    ("get", INSTANCES, "listInstances", "Instances in the order of their creation", ref("InstanceList"), READ, None),
    ("delete", INSTANCES, "deleteInstance", "Delete an instance; its data volumes stay", ref("Ok"), CHANGE, None),
    ("get", INSTANCES + "/{name}", "getInstance", "One instance", ref("Instance"), READ, None),
    ("post", INSTANCES + "/{name}/power_off", "powerOff", "Switch an instance off, and save its system disk as an image "
     "where that is wanted", ref("Ok"), CHANGE, "PowerOff"),
    ("post", INSTANCES + "/{name}/power_on", "powerOn", "Switch an instance on; it waits for GPUs as long as it takes",
     ref("Ok"), PAID, None),
]
QUERIES = {
    "listSkus": [("region_id", TEXT, "Only those of this region.", False)],
    "listInstances": [("page", {"type": "integer", "minimum": 1, "default": 1}, "From 1 on.", False),
                      ("pageSize", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
                       "Instances at most.", False)],
    "deleteInstance": [("name", TEXT, "Of the instance.", True)],
}


def content(schema):
    return {"content": {"application/json": {"schema": schema}}}


def parameters_of(method, path, operation_id):
    yield {"name": "namespace", "in": "header", "required": True, "schema": WORD,
           "description": "The user id, which is the namespace of the token."}
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": TEXT}
    if method != "get":
        yield {"name": "Idempotency-Key", "in": "header", "required": False,
               "description": "A retry under the same key gets the first answer and does nothing twice.",
               "schema": {"type": "string", "maxLength": 255}}
    for name, schema, description, required in QUERIES.get(operation_id, ()):
        yield {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


def operation_of(method, path, operation_id, summary, answer, errors, body):
    operation = {"operationId": operation_id, "summary": summary,
                 "parameters": list(parameters_of(method, path, operation_id))}
    if body:
        operation["requestBody"] = {"required": body != "PowerOff", **content(ref(body))}
    operation["responses"] = {"200": {"description": "OK", **content(answer)},
                              **{str(error): {"$ref": f"#/components/responses/{error}"} for error in errors}}
    return operation


def document():
    paths = {}
    for method, path, *rest in ROUTES:
        paths.setdefault("/mdc/api/v1" + path, {})[method] = operation_of(method, path, *rest)
    return {
        "openapi": "3.1.0",
        "info": {"title": "NeoLink computing API", "version": "v1",
                 "description": "Container instances with GPUs, metered or paid in advance, as served by Orrery."},
        "servers": [{"url": "/"}], "security": [{"token": []}], "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer",
                                          "description": "A token of the namespace that the namespace header names."}},
            "responses": {str(error): {"description": description, **content(ref("Error"))}
                          for error, description in ERRORS.items()},
            "schemas": SCHEMAS}}


if __name__ == "__main__":
    sys.exit(keep("neolink", document()))

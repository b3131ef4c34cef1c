#!/usr/bin/env python3
"""Writes http/mkinf/openapi.json and http/crusoe/openapi.json, which share nearly everything.

  http/openapi/generate.py           writes them
  http/openapi/generate.py --check   fails where a file is not what would be written
"""

import re
import sys

import routes
import schemas
from document_file import keep
from parameters import PARAMETERS
from routes import Route


ERRORS = {
    304: "The client has this version already (If-None-Match).",
    400: "A field, a parameter or the body is wrong; the message names it.",
    401: "No valid credential.",
    403: "A quota would be exceeded: the message says which, its limit and its use. Or the credential may not do this.",
    404: "Absent, or somebody else's.",
    409: "It doesn't go together with the present state, or the first request under this Idempotency-Key is "
         "still on its way.",
    413: "The body is larger than a MiB.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many sign-ins wait.",
    503: "Too much is in flight, or changes cannot be stored now.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A retry under the same key gets the first answer and does nothing twice.",
    "schema": {"type": "string", "maxLength": 255}}
IF_NONE_MATCH = {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}

MKINF = {
    "folder": "mkinf",
    "info": {"title": "mkinf API", "version": "v0.1", "description": "GPU VMs on demand, as served by Orrery."},
    "bearer": "An access key, or the access_token of /v0.1/auth/token.",
    "routes": routes.MKINF + routes.SHARED,
    "schemas": {**schemas.MKINF, **schemas.SHARED},
    "paths": {
        "root": "/v0.1",
        "organizations": "/v0.1/organizations",
        "organization": "/v0.1/organizations/{organization_id}",
        "projects": "/v0.1/projects",
        "project": "/v0.1/projects/{project_id}",
        "specs": "/v0.1/projects/{project_id}/specs",
        "images": "/v0.1/projects/{project_id}/images",
        "locations": "/v0.1/projects/{project_id}/locations",
        "vms": "/v0.1/projects/{project_id}/vms",
        "disks": "/v0.1/projects/{project_id}/disks",
        "networks": "/v0.1/projects/{project_id}/vpc/networks",
        "subnets": "/v0.1/projects/{project_id}/vpc/subnets",
        "firewall_rules": "/v0.1/projects/{project_id}/vpc/firewall-rules",
    },
}

CRUSOE = {
    "folder": "crusoe",
    "info": {"title": "Crusoe Cloud API", "version": "v1alpha5",
             "description": "The resources of mkinf under the names of the API beneath it, as served by Orrery."},
    "bearer": "1.0:<key id>:<signature> with X-Crusoe-Timestamp, or an access key by itself.",
    "routes": routes.CRUSOE + routes.SHARED,
    "schemas": {**schemas.CRUSOE, **schemas.SHARED},
    "paths": {
        "root": "/v1alpha5",
        "organizations": "/v1alpha5/organizations/entities",
        "organization": "/v1alpha5/organizations/{organization_id}",
        "projects": "/v1alpha5/organizations/projects",
        "specs": "/v1alpha5/projects/{project_id}/compute/vms/types",
        "images": "/v1alpha5/compute/images",
        "locations": "/v1alpha5/locations",
        "vms": "/v1alpha5/projects/{project_id}/compute/vms/instances",
        "disks": "/v1alpha5/projects/{project_id}/storage/disks",
        "networks": "/v1alpha5/projects/{project_id}/networking/vpc-networks",
        "subnets": "/v1alpha5/projects/{project_id}/networking/vpc-subnets",
        "firewall_rules": "/v1alpha5/projects/{project_id}/networking/vpc-firewall-rules",
    },
}


def content(schema, media_type="application/json"):
    return {"content": {media_type: {"schema": schema}}}


def parameters_of(path: str, route: Route):
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if route.method != "get":
        yield IDEMPOTENCY_KEY
    if route.shows_one:
        yield IF_NONE_MATCH
    for name in route.query:
        schema, description = PARAMETERS[name]
        yield {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def errors_of(path: str, route: Route):
    """Without a project in its path a route of the catalogue has nothing that could be absent."""
    return [status for status in route.errors
            if status != 404 or "{" in path or route.method != "get"]


def responses_of(path: str, route: Route):
    found = {"description": "OK", **content({"type": "string"}, "text/html")} if route.answer is None else {
        "description": "Accepted; the operation tells how it ends." if route.answer.startswith("Operation")
        and route.method != "get" else "OK", **content(schemas.ref(route.answer))}
    if route.shows_one:
        found["headers"] = {"ETag": {"schema": {"type": "string"}}}
    responses = {"200": found}
    if route.shows_one:
        responses["304"] = {"$ref": "#/components/responses/304"}
    for status in errors_of(path, route):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return responses


def operation_of(path: str, route: Route):
    operation = {"operationId": route.operation_id, "summary": route.summary}
    if parameters := list(parameters_of(path, route)):
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = {"required": True, **content(route.body)}
    operation["responses"] = responses_of(path, route)
    if route.security is not None:
        operation["security"] = route.security
    return operation


def document_of(dialect):
    paths = {}
    for route in dialect["routes"]:
        path = dialect["paths"][route.at] + route.rest
        paths.setdefault(path, {})[route.method] = operation_of(path, route)
    used = {status for operations in paths.values() for operation in operations.values()
            for status in operation["responses"] if status != "200"}
    responses = {status: {"description": ERRORS[int(status)],
                          **({} if status == "304" else content(schemas.ref("Error")))}
                 for status in sorted(used)}
    bearer = {"type": "http", "scheme": "bearer", "description": dialect["bearer"]}
    return {
        "openapi": "3.1.0", "info": dialect["info"], "servers": [{"url": "/"}], "security": [{"bearer": []}],
        "paths": paths,
        "components": {"securitySchemes": {"bearer": bearer}, "responses": responses,
                       "schemas": dialect["schemas"]},
    }


if __name__ == "__main__":
    sys.exit(max(keep(dialect["folder"], document_of(dialect)) for dialect in (MKINF, CRUSOE)))

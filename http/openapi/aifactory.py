#!/usr/bin/env python3
"""Writes http/aifactory/openapi.json.

  http/openapi/aifactory.py           writes it
  http/openapi/aifactory.py --check   fails where the file is not what would be written
"""

import re
import sys

from document_file import keep
from shapes import listed, record, ref, words

TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
JOB = {"type": "string", "pattern": "^[0-9]+$"}
GROUP = {"type": "string", "pattern": "^sg-[0-9]+$"}
MAYBE_TEXT = {"type": ["string", "null"]}
MAYBE_COUNT = {"type": ["integer", "null"], "minimum": 0}
STATUS = {"enum": ["pending", "building", "starting", "running", "completed", "failed", "cancelled"]}
#: In UTC, without saying so.
TIME = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}$"}
ENDPOINT = {"type": ["string", "null"], "pattern": "^http://",
            "description": "Where the service listens; null until it is launched."}
OBJECT = {"type": "object"}


CONFIG = {**OBJECT, "description": "As in the request, with \"nodes\": 1 where it says nothing of nodes."}
SERVICE = {"id": JOB, "name": WORD, "recipe_name": WORD, "status": STATUS, "config": CONFIG, "created_at": TIME}
REPLICAS = {"num_nodes": COUNT, "replicas_per_node": COUNT, "total_replicas": COUNT}
NODE_JOBS = listed(ref("NodeJob"))
RESOURCE = {"type": ["string", "number", "null"]}
ENVIRONMENT = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
               "description": "Over the recipe's, key by key; null takes a variable away."}

SCHEMAS = {
    "ServiceRequest": words(
        "recipe_name", recipe_name={**WORD, "description": "\"category/name\", or the name alone."},
        config=words(
            environment=ENVIRONMENT,
            resources={**words(nodes=RESOURCE, cpu=RESOURCE, memory=RESOURCE, gpu=RESOURCE, gpu_per_replica=RESOURCE,
                               time_limit=RESOURCE),
                       "description": "Over the recipe's, key by key; null takes one away."})),
    "ServiceResponse": {
        **record(("group_id", "replica_index"), **SERVICE, group_id=GROUP, replica_index=COUNT),
        "description": "One that stands alone has neither group_id nor replica_index."},
    "ServiceGroupResponse": {
        **record(**{**SERVICE, "id": GROUP}, type={"enum": ["replica_group"]}, **REPLICAS, node_jobs=NODE_JOBS),
        "description": "A group of replicas, as it is among services."},
    "RecipeResponse": record(name=WORD, category=WORD, description=TEXT, version=TEXT, path=WORD),
    "HTTPValidationError": record(detail=listed(ref("ValidationError"))),
    "ValidationError": record(
        ("ctx",), type=WORD, loc=listed({"type": ["string", "integer"]}), msg=WORD, input={}, ctx=OBJECT),
    "Error": record(detail=WORD),
    "OpenAIError": {
        "type": "object", "required": ["error"], "properties": {
            "error": {"type": "object", "required": ["message", "type", "param", "code"], "properties": {
                "message": TEXT, "type": TEXT, "param": MAYBE_TEXT, "code": {"type": ["string", "integer", "null"]}}}}},
    "Root": record(service=WORD, version=WORD, status={"enum": ["running"]}, node=WORD, job_id=WORD, docs=WORD),
    "Health": record(status={"enum": ["healthy"]}),
    "Status": record(status=STATUS),
    "Logs": record(logs=TEXT),
    "Message": record(message=WORD),
    "StatusChange": words("status", status={"enum": ["cancelled"]}),
    "ServiceCancelled": record(message=WORD, service_id=WORD, status={"enum": ["cancelled"]}),
    "GroupCancelled": record(message=WORD, group_id=GROUP, status={"enum": ["cancelled"]}),
    "Replica": record(
        id={"type": "string", "pattern": "^[0-9]+(:[0-9]+)?$", "description": "<job>:<port>; the job alone until it listens."},
        job_id=JOB, node_index=COUNT, replica_index=COUNT, port=MAYBE_COUNT, gpu_id=MAYBE_COUNT, status=STATUS,
        added_at=TIME),
    "NodeJob": record(job_id=JOB, node_index=COUNT, node=MAYBE_TEXT, replicas=listed(ref("Replica"))),
    "ServiceGroup": record(
        id=GROUP, name=WORD, type={"enum": ["replica_group"]}, recipe_name=WORD, **REPLICAS, node_jobs=NODE_JOBS,
        config=CONFIG, created_at=TIME, status=STATUS),
    "GroupStatus": record(
        group_id=GROUP, overall_status={"enum": ["healthy", "partial", "starting", "degraded", "failed"]},
        total_replicas=COUNT, healthy_replicas=COUNT, starting_replicas=COUNT, pending_replicas=COUNT,
        failed_replicas=COUNT),
    "ScrapeTarget": record(
        targets=listed(WORD),
        labels=record(job=WORD, service_id=JOB, recipe_name=WORD, group_id=TEXT, replica_id=TEXT, node_job_id=JOB)),
    "VllmServices": record(vllm_services=listed(
        record(id=JOB, name=WORD, recipe_name=WORD, endpoint=ENDPOINT, status=STATUS))),
    "Models": record(models=listed(TEXT)),
    "Prompt": words("prompt", prompt=WORD,
                    model={"type": ["string", "null"], "description": "The first served one where it is absent."},
                    max_tokens={"type": ["integer", "null"], "minimum": 1, "default": 150},
                    temperature={"type": ["number", "null"], "minimum": 0, "default": 0.7}),
    "PromptAnswer": record(
        ("routed_to", "group_id"), success={"enum": [True]}, response=TEXT, service_id=WORD, endpoint=ENDPOINT,
        endpoint_used={"enum": ["chat", "completions"]},
        usage={"type": "object", "properties": {"prompt_tokens": MAYBE_COUNT, "completion_tokens": MAYBE_COUNT,
                                                 "total_tokens": MAYBE_COUNT}},
        routed_to=JOB, group_id=GROUP),
    "PromptFailure": {
        **words("success", "error", success={"enum": [False]}, error=WORD, message=WORD, service_id=WORD,
                status=STATUS, endpoint=ENDPOINT, technical_details=TEXT, status_code=COUNT, num_replicas=COUNT,
                attempted_replicas=COUNT, group_id=GROUP,
                replica_statuses=listed(record(id=JOB, status=STATUS, error=TEXT))),
        "description": "What went wrong with the model server; not ready yet, unavailable, or its own refusal."},
    "OpenAIAnswer": {**OBJECT, "description": "As the model server answers."},
    "OpenAIRequest": {**OBJECT, "description": "As the model server takes it; {\"stream\": true} streams."},
}

ERRORS = {
    400: ("A field is missing, the Idempotency-Key is malformed, or the request is for a foreign host.", "Error"),
    401: ("No valid token, where the server has one.", "Error"),
    404: ("There is no such thing.", "Error"),
    409: ("The first request under this Idempotency-Key is still on its way.", "Error"),
    413: ("The body is larger than a MiB.", "Error"),
    422: ("The body is wrong; the list says where.", "HTTPValidationError"),
    500: ("It could not be done; detail says why.", "Error"),
    503: ("Too much is in flight, or changes cannot be stored now.", "Error"),
}
PASSED_ON = {
    400: "The server's own, or the model server's.", 401: "No valid token, where the server has one.",
    404: "There is no such service, or no such model.", 413: "The body is larger than a MiB.",
    422: "The body is no JSON object, or the model server refuses it.", 429: "The model server's.",
    500: "The model server's.", 502: "The model server cannot be reached, or answers nonsense.",
    503: "The service is not running now.", 504: "The model server is too slow.",
}
READ = (400, 401)
READ_ONE = (400, 401, 404)
CHANGE = (400, 401, 404, 503)
SERVICE_ANSWER = {"oneOf": [ref("ServiceResponse"), ref("ServiceGroupResponse")]}
PROMPT_ANSWER = {"oneOf": [ref("PromptAnswer"), ref("PromptFailure")]}

API = "/api/v1"
V1 = API + "/vllm/{service_id}/v1"
#: (method, path, operation id, what it does, schema of the answer, its errors, schema of the body)
ROUTES = [
    ("get", "/", "root", "What this server is", ref("Root"), (), None),
    ("get", "/health", "health", "Whether it serves", ref("Health"), (), None),
    ("post", API + "/services", "createService", "Start a service, or a group of replicas, from a recipe", SERVICE_ANSWER,
     (400, 401, 409, 413, 422, 500, 503), "ServiceRequest"),
    ("get", API + "/services", "listServices", "Every service there has been, in the order of creation",
     listed(ref("ServiceResponse")), READ, None),
    ("get", API + "/services/{service_id}", "getService", "One service", SERVICE_ANSWER, READ_ONE, None),
    ("delete", API + "/services/{service_id}", "stopService", "Stop a service; it stays listed", ref("Message"), CHANGE, None),
    ("get", API + "/services/{service_id}/logs", "getServiceLogs",
     "What it has written, and why it waits or has failed", ref("Logs"), READ, None),
    ("get", API + "/services/{service_id}/status", "getServiceStatus",
     "How it is; what nobody knows is completed", ref("Status"), READ, None),
    ("post", API + "/services/{service_id}/status", "setServiceStatus", "Cancel a service", ref("ServiceCancelled"),
     (400, 401, 404, 413, 422, 503), "StatusChange"),
    ("get", API + "/services/{service_id}/metrics", "getServiceMetrics", "Its status as a gauge for Prometheus", None,
     READ_ONE, None),
    ("get", API + "/services/targets", "listScrapeTargets", "Running services, for Prometheus' HTTP service discovery",
     listed(ref("ScrapeTarget")), READ, None),
    ("get", API + "/service-groups", "listServiceGroups", "Every group of replicas, in the order of creation",
     listed(ref("ServiceGroup")), READ, None),
    ("get", API + "/service-groups/{group_id}", "getServiceGroup", "One group", ref("ServiceGroup"), READ_ONE, None),
    ("delete", API + "/service-groups/{group_id}", "stopServiceGroup", "Stop all of its replicas", ref("Message"), CHANGE, None),
    ("get", API + "/service-groups/{group_id}/status", "getServiceGroupStatus", "How its replicas are", ref("GroupStatus"),
     READ_ONE, None),
    ("post", API + "/service-groups/{group_id}/status", "setServiceGroupStatus", "Cancel a group", ref("GroupCancelled"),
     (400, 401, 404, 413, 422, 503), "StatusChange"),
    ("get", API + "/recipes", "listRecipes", "What services can be made of", listed(ref("RecipeResponse")), READ, None),
    ("get", API + "/recipes/{recipe_name}", "getRecipe", "One recipe by its name", ref("RecipeResponse"), READ_ONE, None),
    ("get", API + "/recipes/{category}/{recipe_name}", "getRecipeByPath", "One recipe by its path", ref("RecipeResponse"),
     READ_ONE, None),
    ("get", API + "/vllm/services", "listVllmServices", "Services that serve a language model", ref("VllmServices"), READ, None),
    ("get", API + "/vllm/{service_id}/models", "listVllmModels", "The models that a service serves; none where it can't be asked",
     ref("Models"), READ, None),
    ("post", API + "/vllm/{service_id}/prompt", "prompt", "Ask a model: as a chat, else as a completion", PROMPT_ANSWER,
     (400, 401, 413, 422, 500), "Prompt"),
    ("get", V1 + "/models", "openaiModels", "OpenAI's list of models, from the service itself", ref("OpenAIAnswer"),
     PASSED_ON, None),
    ("post", V1 + "/completions", "openaiCompletions", "OpenAI's completions, from the service itself", ref("OpenAIAnswer"),
     PASSED_ON, "OpenAIRequest"),
    ("post", V1 + "/chat/completions", "openaiChatCompletions", "OpenAI's chat completions, from the service itself",
     ref("OpenAIAnswer"), PASSED_ON, "OpenAIRequest"),
]
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A retry under the same key gets the first answer and starts nothing twice.",
    "schema": {"type": "string", "maxLength": 255}}


def content(schema, media_type="application/json"):
    return {"content": {media_type: {"schema": schema}}}


def answer_of(path, answer):
    if answer is None:
        return {"description": "OK", **content(TEXT, "text/plain")}
    found = {"description": "OK", **content(answer)}
    if path.endswith("/completions"):
        found["content"]["text/event-stream"] = {"schema": TEXT}
    return found


def error_of(errors, status):
    if errors is PASSED_ON:
        return {"description": PASSED_ON[status], **content({"anyOf": [ref("OpenAIError"), OBJECT]})}
    return {"$ref": f"#/components/responses/{status}"}


def operation_of(method, path, operation_id, summary, answer, errors, body):
    operation = {"operationId": operation_id, "summary": summary}
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"{(\w+)}", path)]
    if operation_id == "createService":
        parameters.append(IDEMPOTENCY_KEY)
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, **content(ref(body))}
    operation["responses"] = {"200": answer_of(path, answer), **{str(status): error_of(errors, status) for status in errors}}
    if not path.startswith(API):
        operation["security"] = []
    return operation


def document():
    paths = {}
    for method, path, *rest in ROUTES:
        paths.setdefault(path, {})[method] = operation_of(method, path, *rest)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AI Factory Server Service", "version": "1.0.0",
                 "description": "Services from recipes: model servers, stores and databases on a GPU cluster, as served by Orrery."},
        "servers": [{"url": "/"}], "security": [{}, {"token": []}], "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer",
                                          "description": "The server's token, where it has one, or an operator's key."}},
            "responses": {str(status): {"description": description, **content(ref(schema))}
                          for status, (description, schema) in ERRORS.items()},
            "schemas": SCHEMAS}}


if __name__ == "__main__":
    sys.exit(keep("aifactory", document()))

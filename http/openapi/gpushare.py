#!/usr/bin/env python3
"""Writes http/gpushare/openapi.json.

  http/openapi/gpushare.py           writes it
  http/openapi/gpushare.py --check   fails where the file is not what would be written
"""

import re
import sys

from document_file import keep
from shapes import listed, record, ref, words

TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1}
MAYBE_TEXT = {"type": ["string", "null"]}
NUMBER = {"type": "integer", "minimum": 1}
COUNT = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "format": "date-time",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z$"}
ROLE = {"enum": ["user", "gpu_provider", "admin"]}
TRUTH = {"type": "boolean"}
MAYBE_TRUTH = {"type": ["boolean", "null"]}
IMAGE = {"type": "integer", "minimum": 0, "maximum": 32767}
USERNAME = {"type": "string", "minLength": 1, "maxLength": 150, "pattern": r"^[\w.@+-]+$"}
EMAIL = {"type": "string", "format": "email", "minLength": 1, "maxLength": 254}
PHONE = {"type": ["string", "null"], "maxLength": 12}
PASSWORD = {"type": "string", "format": "password", "minLength": 8}
HARDWARE = ("gpu_info", "cpu_name", "cpu_core", "cpu_frequency", "total_memory", "total_swap", "ram", "os_name",
            "os_version")
FACT = {"type": ["string", "number"], "maxLength": 1000}
TOKEN = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
USER_TOKEN = {**WORD, "description": "\"********\" for everybody but its owner, and where he has none."}
SENTENCES = listed(WORD)
STANDING = {
    "role": {**ROLE, "description": "Only an admin's word counts; else it is ignored."},
    "is_gpu_provider_approved": {**TRUTH, "description": "As role."}}
CLIENT_WORDS = {
    "user": words("username", username=USERNAME, email=EMAIL), "phone_no": PHONE, "user_image": IMAGE,
    "terms_accepted": MAYBE_TRUTH, **STANDING}
INFERENCE_WORDS = {
    "client": {**NUMBER, "description": "Whose question it is: your own id."},
    "question_text": WORD, "desired_model": {**WORD, "maxLength": 255}}

SCHEMAS = {
    "User": record(id=NUMBER, username=WORD, email=WORD),
    "Client": record(
        user=ref("User"), phone_no=PHONE, user_token=USER_TOKEN, user_image=IMAGE, ip=MAYBE_TEXT,
        terms_accepted=MAYBE_TRUTH, role=ROLE, profile_image_url={**MAYBE_TEXT, "format": "uri"},
        is_gpu_provider_approved=TRUTH,
        provider_registration_date={**TIME, "description": "When he first offered a machine; until then, when he registered."}),
    "ClientRequest": words("user", **{**CLIENT_WORDS, "user": words("username", "email", username=USERNAME, email=EMAIL)}),
    "ClientChange": words(**CLIENT_WORDS),
    "GpuRecord": record(id=NUMBER, **{name: WORD for name in HARDWARE}, user=NUMBER),
    "GpuRecordRequest": words(*HARDWARE, "user", **{name: FACT for name in HARDWARE}, user=NUMBER),
    "GpuRecordChange": words(**{name: FACT for name in HARDWARE}, user=NUMBER),
    "Inference": record(
        id=NUMBER, client=NUMBER, client_username=WORD, question_text=WORD,
        answer_text={**MAYBE_TEXT, "description": "Null while it is waited for; ends in \"Error: …\" where it failed."},
        desired_model=WORD, created_at=TIME),
    "InferenceRequest": words("client", "question_text", "desired_model", **INFERENCE_WORDS),
    "InferenceChange": words(**INFERENCE_WORDS),
    "Registration": words("username", "email", "password", username=USERNAME, email=EMAIL, password=PASSWORD,
                          confirm_password=TEXT, terms_accepted=TRUTH),
    "Login": {**words("password", email=TEXT, username=TEXT, password=TEXT),
              "description": "By mail address or user name."},
    "GoogleSignIn": words("token", token={**WORD, "description": "A Google ID token."}),
    "Logout": words(device_token={**MAYBE_TEXT, "description": "Which device; the one whose token is used where absent."}),
    "PasswordReset": words("email", email=EMAIL),
    "NewPassword": words(new_password=PASSWORD, password={**PASSWORD, "description": "Instead of new_password."},
                         confirm_password=TEXT),
    "Session": record(
        message=WORD, token=TOKEN, user_id=NUMBER, device_token=WORD, username=WORD, email=WORD, role=ROLE,
        profile_image=MAYBE_TEXT, profile_image_url=MAYBE_TEXT),
    "Message": record(message=WORD),
    "Model": record(model_id=WORD, name=WORD, description=TEXT, min_gpu_memory={"type": ["integer", "null"]},
                    is_available={**TRUTH, "description": "Some node could be asked now."}),
    "NodeRequest": words(
        "user", "model_name", *HARDWARE, user=NUMBER, model_name={**WORD, "maxLength": 255},
        **{name: FACT for name in HARDWARE},
        gpu_record_id={"type": ["integer", "null"], "description": "Of /gpu/list/; then it needs no hardware fields."},
        endpoint={**MAYBE_TEXT, "description": "URL of an OpenAI-compatible server; without one, an agent dials in."},
        served_model={**MAYBE_TEXT, "description": "What that server calls the model."},
        concurrency={"type": ["integer", "null"], "minimum": 0}, gpu_count={"type": ["integer", "null"], "minimum": 0}),
    "Node": record(node_id=NUMBER, node_token=TOKEN, gpu_record_id=NUMBER, user=NUMBER, model_name=WORD, gpu_count=COUNT,
                   is_approved={**TRUTH, "description": "Nodes get work once their owner is approved."}),
    "NodeToken": words("node_token", node_token=WORD),
    "Heartbeat": record(status={"enum": ["ok"]}, node_id=NUMBER),
    "Detail": record(detail=WORD),
    "Error": record(error=WORD),
    "FieldErrors": {
        "type": "object", "minProperties": 1,
        "additionalProperties": {"anyOf": [SENTENCES, {"type": "object", "additionalProperties": SENTENCES}]},
        "description": "What is wrong, by field; \"non_field_errors\" is the body itself."},
}

PROBLEM = {"anyOf": [ref("Detail"), ref("Error"), ref("FieldErrors")]}
ERRORS = {
    400: ("The body doesn't parse, fields are wrong, or the Idempotency-Key is malformed.", PROBLEM),
    401: ("No credentials, or wrong ones.", ref("Detail")),
    403: ("It is for admins.", ref("Detail")),
    404: ("There is no such thing, or it is somebody else's.", {"anyOf": [ref("Detail"), ref("Error")]}),
    409: ("It is under way already, or not at its end.", ref("Detail")),
    413: ("The body is larger than a MiB.", ref("Detail")),
    415: ("The body is neither JSON nor a form.", ref("Detail")),
    422: ("The Idempotency-Key was used for another request.", ref("Detail")),
    429: ("Too many guesses or requests; Retry-After says when to come back.", ref("Detail")),
    502: ("Providers failed to answer; the question is stored so.", ref("Detail")),
    503: ("Too much is in flight, no node is there, or changes cannot be stored now.", ref("Detail")),
}
#: Basic is on every route, so that a wrong password can be one too many on every route.
KNOWN = (401, 429, 503)
READ = (400, *KNOWN)
READ_ONE = (400, *KNOWN, 404)
BODY = (400, *KNOWN, 413, 415)
CREATE = (*BODY, 409, 422)
OPEN = (400, 401, 413, 415, 429, 503)

CLIENT, RECORD, INFERENCE = ref("Client"), ref("GpuRecord"), ref("Inference")
ONE_CLIENT, ONE_RECORD, ONE_INFERENCE = "/client/list/{id}/", "/gpu/list/{id}/", "/inference/{id}/"
RESET_LINK = "/client/reset-password/{uidb64}/{token}/"
#: (method, path, operation id, what it does, status and schema of the answer, its errors, schema of the body)
ROUTES = [
    ("post", "/client/google-auth/", "client_google-auth_create", "Sign in, or register, with a Google ID token",
     (201, ref("Session")), (*OPEN, 409, 422), "GoogleSignIn"),
    ("get", "/client/list/", "client_list_list", "Yourself; for admins, everybody", (200, listed(CLIENT)), READ, None),
    ("post", "/client/list/", "client_list_create", "Make a client (for admins)", (201, CLIENT), (*CREATE, 403),
     "ClientRequest"),
    ("get", ONE_CLIENT, "client_list_read", "One client", (200, CLIENT), READ_ONE, None),
    ("put", ONE_CLIENT, "client_list_update", "Edit a client", (200, CLIENT), (*BODY, 404, 409), "ClientChange"),
    ("patch", ONE_CLIENT, "client_list_partial_update", "Edit some of a client", (200, CLIENT), (*BODY, 404, 409),
     "ClientChange"),
    ("delete", ONE_CLIENT, "client_list_delete", "Erase a client, and everything personal of him", (204, None), READ_ONE,
     None),
    ("post", "/client/login/", "client_login_create", "Sign in by password", (201, ref("Session")), (*OPEN, 409, 422),
     "Login"),
    ("post", "/client/logout/", "client_logout_create", "Sign a device out", (201, ref("Message")), (400, 503), "Logout"),
    ("post", "/client/password-reset/", "client_password-reset_create", "Be sent a link for a new password",
     (201, ref("Message")), (400, 413, 415, 429, 503), "PasswordReset"),
    ("post", "/client/register/", "client_register_create", "Register, and be signed in", (201, ref("Session")),
     (*OPEN, 409, 422), "Registration"),
    ("post", RESET_LINK, "client_reset-password_create", "Set a new password by the link of a mail", (201, ref("Message")),
     (400, 409, 413, 415, 429, 503), "NewPassword"),
    ("get", RESET_LINK, "client_reset-password_read", "The link of a mail, as a browser follows it: a form", (200, None),
     (400,), None),
    ("get", "/gpu/list/", "gpu_list_list", "Your machines; for admins, all", (200, listed(RECORD)), READ, None),
    ("post", "/gpu/list/", "gpu_list_create", "Describe a machine, and be a provider", (201, RECORD), CREATE,
     "GpuRecordRequest"),
    ("get", ONE_RECORD, "gpu_list_read", "One machine", (200, RECORD), READ_ONE, None),
    ("put", ONE_RECORD, "gpu_list_update", "Describe it anew", (200, RECORD), (*BODY, 404), "GpuRecordRequest"),
    ("patch", ONE_RECORD, "gpu_list_partial_update", "Describe some of it anew", (200, RECORD), (*BODY, 404),
     "GpuRecordChange"),
    ("delete", ONE_RECORD, "gpu_list_delete", "Delete a description", (204, None), READ_ONE, None),
    ("get", "/inference/", "inference_list", "Your questions; for admins, all", (200, listed(INFERENCE)), READ, None),
    ("post", "/inference/", "inference_create", "Ask a model, and wait for its answer", (201, INFERENCE),
     (*CREATE, 404, 502), "InferenceRequest"),
    ("post", "/inference/stream/", "inference_stream", "Ask a model, and read its answer as it comes", (201, "stream"),
     (*CREATE, 404, 502), "InferenceRequest"),
    ("get", ONE_INFERENCE, "inference_read", "One question and its answer", (200, INFERENCE), READ_ONE, None),
    ("put", ONE_INFERENCE, "inference_update", "Edit the record; nobody is asked again", (200, INFERENCE),
     (*BODY, 404, 409), "InferenceRequest"),
    ("patch", ONE_INFERENCE, "inference_partial_update", "Edit some of the record", (200, INFERENCE), (*BODY, 404, 409),
     "InferenceChange"),
    ("delete", ONE_INFERENCE, "inference_delete", "Delete the record", (204, None), (*READ_ONE, 409), None),
    ("get", "/llm_models/all-models/", "llm_models_all-models_list", "What can be asked", (200, listed(ref("Model"))), READ,
     None),
    ("delete", "/llm_models/deregister/", "llm_models_deregister_delete", "Take a node back; its token says which",
     (204, None), (400, 404, 413, 415, 503), "NodeToken"),
    ("post", "/llm_models/heartbeat/", "llm_models_heartbeat_create", "Say that a node is there; its token says which",
     (200, ref("Heartbeat")), (400, 404, 413, 415, 503), "NodeToken"),
    ("post", "/llm_models/register/", "llm_models_register_create", "Offer a machine with a model", (201, ref("Node")),
     (*CREATE, 404), "NodeRequest"),
]
#: Whoever asks needn't say who he is, or says it in the body.
WITHOUT_CREDENTIALS = {"client_google-auth_create", "client_login_create", "client_logout_create",
                       "client_password-reset_create", "client_register_create", "client_reset-password_create",
                       "client_reset-password_read", "llm_models_deregister_delete", "llm_models_heartbeat_create"}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A retry under the same key gets the first answer and does nothing twice.",
    "schema": {"type": "string", "maxLength": 255}}
#: As the framework's pages by limit and offset, but that the newest come first into the list.
PAGE = [{"name": name, "in": "query", "required": False, "description": description,
         "schema": {"type": "integer", "minimum": 0}}
        for name, description in (("limit", "How many rows; 1,000 at most."), ("offset", "How many of the newest to leave out."))]
LINE = ("Lines of JSON: {\"token\":\"…\"} for each piece of the answer, and at the end {\"done\":true,\"id\":…}, with "
        "\"error\" where it broke off.")


def content(schema, *media_types):
    return {"content": {media_type: {"schema": schema} for media_type in media_types or ("application/json",)}}


def parameter(name):
    is_number = name == "id"
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"} if is_number else TEXT}


def answer_of(operation_id, status, schema):
    if operation_id == "client_reset-password_read":
        return {"description": "A page.", **content(TEXT, "text/html")}
    if schema == "stream":
        return {"description": LINE, **content(TEXT, "application/x-ndjson")}
    if schema is None:
        return {"description": "Done."}
    answer = {"description": "Done." if status == 201 else "OK", **content(schema)}
    if operation_id == "client_reset-password_create":
        answer["content"]["text/html"] = {"schema": TEXT}
    return answer


def error_of(operation_id, status):
    if status != 400 or not operation_id.startswith("client_reset-password"):
        return {"$ref": f"#/components/responses/{status}"}
    description, schema = ERRORS[status]
    error = {"description": description, **content(schema)}
    error["content"]["text/html"] = {"schema": TEXT}
    return error


def operation_of(method, path, operation_id, summary, answer, errors, body):
    operation = {"operationId": operation_id, "summary": summary, "tags": [path.split("/")[1]]}
    parameters = [parameter(name) for name in re.findall(r"{(\w+)}", path)]
    if 422 in errors:
        parameters.append(IDEMPOTENCY_KEY)
    if operation_id == "inference_list":
        parameters += PAGE
    if parameters:
        operation["parameters"] = parameters
    if body:
        is_required = operation_id != "client_logout_create"
        operation["requestBody"] = {
            "required": is_required, **content(ref(body), "application/json", "application/x-www-form-urlencoded")}
    status, schema = answer
    operation["responses"] = {
        str(status): answer_of(operation_id, status, schema),
        **{str(error): error_of(operation_id, error) for error in sorted(errors)}}
    if operation_id == "client_reset-password_create":
        operation["responses"]["200"] = {"description": "The same, for browsers.", **content(TEXT, "text/html")}
    if operation_id in WITHOUT_CREDENTIALS:
        operation["security"] = []
    return operation


def document():
    paths = {}
    for method, path, *rest in ROUTES:
        paths.setdefault(path, {})[method] = operation_of(method, path, *rest)
    return {
        "openapi": "3.1.0",
        "info": {"title": "API Documentation", "version": "v1",
                 "description": "GPU sharing: people offer GPUs, people ask models, as served by Orrery."},
        "servers": [{"url": "/"}], "security": [{"Basic": []}, {"Token": []}], "paths": paths,
        "components": {
            "securitySchemes": {
                "Basic": {"type": "http", "scheme": "basic", "description": "User name or mail address, and password."},
                "Token": {"type": "apiKey", "in": "header", "name": "Authorization",
                          "description": "\"Token \" and what signing in has answered as token."}},
            "responses": {str(status): {"description": description, **content(schema)}
                          for status, (description, schema) in ERRORS.items()},
            "schemas": SCHEMAS}}


if __name__ == "__main__":
    sys.exit(keep("gpushare", document()))

"""How things came about (/orrery/v1/why, resources, diff): a part of http/native/openapi.json, for native.py."""

from shapes import record, ref

TEXT = {"type": "string"}
TRUTH = {"type": "boolean"}
POSITION = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "format": "date-time"}
ANY = {}

SCHEMAS = {
    "CausalEvent": record(
        ("causation", "correlation", "asked"),
        position=POSITION, stream=TEXT, version=POSITION, type=TEXT, type_version=POSITION, time=TIME, actor=TEXT,
        causation=POSITION, correlation=TEXT, data={"type": "object"},
        asked={**TRUTH, "description": "It is one of those asked about."},
        led_to={"type": "array", "items": ref("CausalEvent")}),
    "CausalTree": record(
        as_of=POSITION,
        event_count={**POSITION, "description": "Events of the resource; the last of them are shown."},
        effects_complete={**TRUTH, "description": "false: what they led to was looked for nearby only."},
        roots={"type": "array", "items": record(
            kind={"enum": ["request", "clock", "unknown"]}, principal=TEXT, request_id=TEXT, time=TIME,
            events={"type": "array", "items": ref("CausalEvent")})}),
    "PastResource": record(
        resource=TEXT, as_of=POSITION, phase=TEXT, ended=TRUTH, version=POSITION, first_position=POSITION,
        last_position=POSITION, first_time=TIME, last_time=TIME, fields={"type": "object"}),
    "HistoryDiff": {**record(
        to=POSITION, touched={**POSITION, "description": "Resources that were touched; the first of them are compared."},
        changes={"type": "array", "items": record(
            change={"enum": ["appeared", "went", "changed", "came_and_went"]}, resource=TEXT, phase_before=TEXT,
            phase_after=TEXT, version_before=POSITION, version_after=POSITION, last_position=POSITION,
            fields={"type": "array", "items": record(
                path={**TEXT, "description": "A JSON pointer into the fields."}, before=ANY, after=ANY)})},
        **{"from": POSITION})},
}

MOMENT = "A position, or a time of RFC 3339."
KIND_AND_ID = [
    {"name": "kind", "in": "path", "required": True, "schema": TEXT, "description": "Such as vm, lease, node."},
    {"name": "id", "in": "path", "required": True, "schema": TEXT}]


def query(name, description):
    return {"name": name, "in": "query", "required": False, "description": description, "schema": TEXT}


TO = query("to", f"As of then: {MOMENT} Without it, now.")
RESOURCE = query("resource", "One resource, such as vm/<id>.")
LIMIT = query("limit", "Events of the resource at most, the last of them; up to 1000.")


def operation(operation_id, summary, schema, parameters):
    responses = {"200": {"description": "OK", "content": {"application/json": {"schema": ref(schema)}}}}
    for error in ("400", "401", "404"):
        responses[error] = {"$ref": f"#/components/responses/{error}"}
    return {"get": {"operationId": operation_id, "summary": summary, "security": [{"operator": []}],
                    "parameters": parameters, "responses": responses}}


def paths():
    return {
        "/orrery/v1/why": operation(
            "why", "The causes of a resource or an event, up to the requests and principals behind it", "CausalTree",
            [RESOURCE, query("event", "The position of one event in place of a resource."), TO, LIMIT]),
        "/orrery/v1/why/{kind}/{id}": operation(
            "whyResource", "The causes of a resource, up to the requests and principals behind it", "CausalTree",
            [*KIND_AND_ID, TO, LIMIT]),
        "/orrery/v1/resources/{kind}/{id}": operation(
            "getPastResource", "What a resource is, or was, with all its fields", "PastResource", [*KIND_AND_ID, TO]),
        "/orrery/v1/diff": operation(
            "getDiff", "What appeared, went and changed between two moments, field by field", "HistoryDiff",
            [query("from", f"Compared with how it was then: {MOMENT} Without it, now."), TO,
             query("resource", "One resource (vm/<id>), or all of a kind (vm)."),
             query("limit", "Resources to compare at most, up to 1000; more are counted.")]),
    }

"""What agents of shared nodes ask (/orrery/v1/agent): a part of http/native/openapi.json, for native.py."""

from shapes import record, ref, words

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
TRUTH = {"type": "boolean"}

SCHEMAS = {
    "AgentHeartbeat": record(
        status={"const": "ok"}, node_id=TEXT, model=TEXT,
        approved={**TRUTH, "description": "Whether the owner is an approved provider: else there is no work."},
        ready={**TRUTH, "description": "Whether the node counts as there; with the first heartbeats it comes to."},
        heartbeat_s={"type": "integer", "minimum": 1, "description": "Seconds within which the next one is expected."}),
}

WORK_ID = [{"name": "work_id", "in": "path", "required": True, "schema": TEXT}]
GPU = words(utilization_percent={**COUNT, "maximum": 100}, memory_used_mib=COUNT, memory_total_mib=COUNT,
            temperature_c={**COUNT, "maximum": 1000})
HEARTBEAT = words(gpus={"type": "array", "maxItems": 64, "items": GPU},
                  draining={**TRUTH, "description": "No new work, for the node is about to leave."})
PIECES = words(
    first={**COUNT, "description": "Number of the first of the pieces; those that came before are ignored."},
    pieces={"type": "array", "items": {"type": "string", "minLength": 1}},
    end={**words(tokens=COUNT), "description": "The answer is complete; tokens as the model server counts them."},
    error={"enum": ["failed", "refused"],
           "description": "There is no more. refused: the model doesn't take this question, so no other node is asked."})
LINES = ("One JSON object a line: {\"node\"} at first, then {\"work\", \"model\", \"question\", \"first\"} for each question "
         "and {\"cancel\"} for one that nobody waits for any more; {\"keep_alive\": true} when it is quiet; {\"replaced\": true} at the end, where a newer stream takes its place. "
         "What was under way when an older stream broke comes again, with the number of the piece that is wanted next.")


def operation(operation_id, summary, responses, parameters=(), body=None):
    described = {"operationId": operation_id, "summary": summary, "security": [{"node": []}]}
    if parameters:
        described["parameters"] = list(parameters)
    if body:
        described["requestBody"] = {"content": {"application/json": {"schema": body}}}
    for error in ("400", "401", "409") if body else ("401", "409"):
        responses.setdefault(error, {"$ref": f"#/components/responses/{error}"})
    return {**described, "responses": responses}


def paths():
    return {
        "/orrery/v1/agent/work": {"get": operation(
            "openWork", "The node's work, for as long as the connection stands",
            {"200": {"description": LINES, "content": {"application/x-ndjson": {"schema": TEXT}}}})},
        "/orrery/v1/agent/work/{work_id}": {"post": operation(
            "deliverPieces", "Pieces of an answer, or its end",
            {"204": {"description": "Taken."}, "404": {"$ref": "#/components/responses/404"},
             "413": {"$ref": "#/components/responses/413"}}, WORK_ID, PIECES)},
        "/orrery/v1/agent/heartbeat": {"post": operation(
            "agentHeartbeat", "The node is there; how its GPUs are doing",
            {"200": {"description": "OK", "content": {"application/json": {"schema": ref("AgentHeartbeat")}}},
             "413": {"$ref": "#/components/responses/413"}}, (), HEARTBEAT)},
    }


SECURITY = {"type": "http", "scheme": "bearer", "description": "The token of a shared node (POST /llm_models/register/)."}

"""What our jobs on Slurm ask (/orrery/v1/slurm/claims and hints): a part of http/native/openapi.json, for native.py."""

from shapes import record, ref, words

TEXT = {"type": "string"}
ATTEMPT = {"type": "integer", "minimum": 1, "maximum": 1000000000}

SCHEMAS = {"SlurmClaim": record(run=TEXT, attempt=ATTEMPT)}

CLAIM = words(
    "run", "attempt", "claimant", run={"type": "string", "minLength": 1, "maxLength": 200}, attempt=ATTEMPT,
    slurm_job_id={"type": "integer", "minimum": 0},
    claimant={"type": "string", "minLength": 1, "maxLength": 128,
              "description": "Drawn by the job: by it a claim that is sent once more is known."},
    host={"type": "string", "maxLength": 255, "description": "The node that it runs on."})


def error(status, description=None):
    if description is None:
        return {str(status): {"$ref": f"#/components/responses/{status}"}}
    content = {"application/problem+json": {"schema": ref("Problem")}}
    return {str(status): {"description": description, "content": content}}


def paths():
    return {
        "/orrery/v1/slurm/claims": {"post": {
            "operationId": "claimSlurmRun", "summary": "A job of Slurm asks whether it may run its attempt",
            "security": [{"slurmClaim": []}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": CLAIM}}},
            "responses": {
                "200": {"description": "It may, and no other ever will.",
                        "content": {"application/json": {"schema": ref("SlurmClaim")}}},
                **error(400), **error(401),
                **error(404, "No such run waits for a claim with this secret."),
                **error(409, "It may not: attempt_is_claimed, attempt_is_lost or run_is_withdrawn."),
                **error(413), **error(429, "Too many wrong secrets came from this address."), **error(503)}}},
        "/orrery/v1/slurm/hints": {"post": {
            "operationId": "hintOfSlurm",
            "summary": "Something has happened on Slurm: the driver looks soon, however often it is told",
            "security": [],
            "responses": {"204": {"description": "Heard."}}}},
    }


SECURITY = {"slurmClaim": {"type": "http", "scheme": "bearer",
                           "description": "The secret of the attempt (claim.<attempt>.json in its run directory)."}}

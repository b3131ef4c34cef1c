"""The university center's own routes (/orrery/v1/center …): a part of http/native/openapi.json, for native.py."""

from shapes import listed, record, words

TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1, "maxLength": 200}
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number"}
TRUTH = {"type": "boolean"}
TIME = {"type": "string", "format": "date-time"}
LOGIN = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}$"}
ROLE = {"enum": ["none", "operator", "administrator"]}
LEVEL = {"enum": ["info", "maintenance", "urgent"]}
JOB_STATE = {"enum": ["PENDING", "RUNNING", "COMPLETING", "COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "PREEMPTED",
                      "NODE_FAIL"]}


def or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


PERSONAL = {**or_null(TEXT), "description": "null where it wasn't told, or can't be read any more"}
LIMIT_NAMES = ("jobs_max", "running_max", "gpus_max", "gpus_per_job_max", "time_limit_max_min", "shares", "quota_bytes")
LIMITS = {**record(**{name: or_null(COUNT) for name in LIMIT_NAMES}),
          "description": "null: as the policy says, or the team."}
LIMIT_WORDS = {"type": "object", "additionalProperties": False, "properties": {name: COUNT for name in LIMIT_NAMES}}
GRANT = {"class": WORD, "team": WORD, "role": ROLE, "limits": LIMIT_WORDS}
REASON = words("reason", reason=WORD)

SCHEMAS = {
    "CenterApplication": record(name=LOGIN, status={"const": "applied"}),
    "CenterUser": record(
        name=LOGIN, status={"enum": ["applied", "declined", "approved"]}, full_name=PERSONAL, email=PERSONAL,
        affiliation=PERSONAL, purpose=PERSONAL, **{"class": TEXT},
        partition={**or_null(TEXT), "description": "Where jobs of the class go that don't say."}, team=or_null(TEXT),
        role=ROLE, limits=LIMITS, uid=or_null(COUNT), suspension=or_null(record(reason=TEXT, until=or_null(TIME))),
        decline_reason=or_null(TEXT), applied_at=or_null(TIME), approved_at=or_null(TIME)),
    "CenterMe": {"description": "A user; of an operator of the server, name and operator.", "type": "object",
                 "required": ["name"], "properties": {"name": TEXT, "operator": TRUTH}},
    "CenterTeam": record(name=LOGIN, description=TEXT, organization=TEXT, parent=or_null(TEXT), limits=LIMITS),
    "Notice": record(id=TEXT, title=TEXT, body=TEXT, level=LEVEL, author=TEXT, posted_at=TIME,
                     position={**COUNT, "description": "Ask for those after it."}),
    "BatchPolicy": {"type": "object", "description": "docs/batch-policy.md names every member."},
    "BatchPolicySet": record(applied=TRUTH, policy={"type": "object"}),
    "CenterToken": record(user=LOGIN, token=TEXT, expires_at=TIME),
    "JobWhy": record(
        job_id=COUNT, state=JOB_STATE, reason={**TEXT, "description": "Slurm's word."},
        rule={**or_null(TEXT), "description": "Where the policy says so."}, sentence=TEXT, expected_start=or_null(TIME),
        reserved={**TRUTH, "description": "A place and a time are kept for it; else the expected start is an estimate."},
        priority=COUNT, rank=or_null(COUNT), waiting_count=COUNT,
        factors=listed(record(name=TEXT, value=NUMBER, weight=COUNT, points=NUMBER)), nice={"type": "integer"}),
    "JobMails": record(items=listed(record(type=TEXT, at=TIME))),
    "Queue": record(
        ("next",),
        items=listed(record(
            rank=COUNT, job_id=COUNT, name=TEXT, user=TEXT, team=TEXT, priority=COUNT, reason=TEXT,
            expected_start=or_null(TIME), reserved=TRUTH, node_count=COUNT, gpu_model=or_null(TEXT), gpus_per_node=COUNT,
            time_limit_min=COUNT)),
        waiting_count=COUNT, made_at=or_null(TIME),
        pass_us={**COUNT, "description": "What the scheduler's last pass took, in microseconds."},
        next={"type": "string", "description": "Ask again with it as `after`."}),
}

USER = "/center/users/{user}"
TEAM = "/center/teams/{team}"
JOB = "/center/jobs/{job_id}"
ROUTES = [
    ("post", "/center/applications", "applyToCenter", "Apply for an account; an administrator approves or declines",
     "CenterApplication",
     words("name", "full_name", "email", "class", name=LOGIN, full_name=WORD, email=WORD, affiliation=WORD, purpose=TEXT,
           team=WORD, **{"class": WORD})),
    ("get", "/center/me", "showCenterMe", "Who the credential speaks for", "CenterMe", None),
    ("get", "/center/users", "listCenterUsers", "People of the center by name, page by page", "[CenterUser]", None),
    ("post", "/center/users", "createCenterUser", "Make a user without an application", "CenterUser",
     words("name", "class", "team", name=LOGIN, **GRANT)),
    ("get", USER, "getCenterUser", "One of them; for others than operators only oneself", "CenterUser", None),
    ("delete", USER, "eraseCenterUser", "Erase a user with all files; nobody can read anything of him any more", None,
     None),
    ("post", f"{USER}/approve", "approveCenterUser", "Approve an application; what isn't said is as it was applied for",
     "CenterUser", words(**GRANT)),
    ("post", f"{USER}/decline", "declineCenterUser", "Decline an application; the person may apply again", "CenterUser",
     REASON),
    ("put", f"{USER}/grant", "changeCenterGrant", "Change class, team, role or limits; what isn't said stays",
     "CenterUser", words(**GRANT)),
    ("post", f"{USER}/suspend", "suspendCenterUser", "End the user's jobs, and take no more", "CenterUser",
     words("reason", reason=WORD, until=TIME)),
    ("post", f"{USER}/reinstate", "reinstateCenterUser", "End a suspension", "CenterUser", None),
    ("post", f"{USER}/revoke-tokens", "revokeCenterTokens", "Make all tokens of a user worth nothing", "CenterUser",
     None),
    ("get", "/center/teams", "listCenterTeams", "Teams: Slurm's accounts", "[CenterTeam]", None),
    ("get", TEAM, "getCenterTeam", "One team", "CenterTeam", None),
    ("put", TEAM, "setCenterTeam", "Form a team, or change it; what isn't said is empty", "CenterTeam",
     words(description=WORD, organization=WORD, parent=WORD, limits=LIMIT_WORDS)),
    ("delete", TEAM, "dissolveCenterTeam", "Remove a team that nobody belongs to", None, None),
    ("get", "/center/notices", "listNotices", "What everybody shall know, the newest first; or as it comes", "[Notice]",
     None),
    ("post", "/center/notices", "postNotice", "Tell everybody something", "Notice",
     words("title", title=WORD, body=TEXT, level=LEVEL)),
    ("delete", "/center/notices/{notice_id}", "withdrawNotice", "Take a notice back", None, None),
    ("get", "/center/policy", "getBatchPolicy", "What the batch system goes by", "BatchPolicy", None),
    ("put", "/center/policy", "setBatchPolicy", "Let it go by this from now on", "BatchPolicySet",
     {"type": "object"}),
    ("get", f"{JOB}/why", "explainJob", "Why a job waits: the rule, the numbers, the expected start", "JobWhy", None),
    ("get", f"{JOB}/mails", "listJobMails", "Mails about a job that were due, sent or not", "JobMails", None),
    ("post", f"{JOB}/requeue", "requeueJob", "Let a job that runs start anew", None, None),
    ("get", "/center/queue", "listQueue", "Who waits, first those whose turn is next", "Queue", None),
    ("post", "/center/tokens", "createCenterToken",
     "Make a token (X-SLURM-USER-TOKEN) for oneself; administrators for anybody", "CenterToken",
     words(user=LOGIN, lifespan_s={"type": "integer", "minimum": 1, "maximum": 31622400, "default": 1800})),
]
PAGED = {"listCenterUsers"}
#: Lists of their own form.
CREATES = {"applyToCenter", "createCenterUser", "postNotice", "createCenterToken"}
OPTIONAL_BODIES = {"approveCenterUser", "createCenterToken"}
QUERIES = {
    "listCenterUsers": [("status", "applied, declined or approved."), ("team", "Only of this team."),
                        ("class", "Only of this class."), ("after", "The name after which to go on."),
                        ("limit", "Users at most, up to 1000.")],
    "listNotices": [("after", "Only those after this position."),
                    ("follow", "true: for users, as server-sent events, `notice.posted` each, from `after` on or from now on.")],
    "setBatchPolicy": [("dry_run", "true: only say whether it makes sense.")],
    "listQueue": [("after", "The rank after which to go on."), ("limit", "Jobs at most, up to 1000.")],
}
#: Operations for everybody.
OPEN = {"applyToCenter", "listNotices"}
SECURITY = {
    "centerUser": {"type": "apiKey", "in": "header", "name": "X-SLURM-USER-NAME"},
    "centerToken": {"type": "apiKey", "in": "header", "name": "X-SLURM-USER-TOKEN",
                    "description": "A token of the center, as for Slurm's own routes; or Authorization: Bearer."},
}

"""Webhooks in the document of the administration (http/native/openapi.json)."""

from shapes import record, words

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
ENTRIES = {"type": "array", "maxItems": 100, "items": {"type": "string", "minLength": 1, "maxLength": 200}}
COUNT = {"type": "integer", "minimum": 0}
POSITION = {**COUNT, "description": "A position of the log."}
TIME = {"type": "string", "format": "date-time"}
BATCH = {"type": "integer", "minimum": 0, "maximum": 1000,
         "description": "0: one event a request. Else a request carries a list of up to so many."}


def or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


WEBHOOK = dict(
    id=TEXT, url=TEXT, batch=BATCH, streams=TEXTS, types=TEXTS, tenants=TEXTS, registered_at=TIME, registered_by=TEXT,
    paused={"type": "boolean"}, reason={**or_null(TEXT), "description": "Why it is paused."},
    delivered_to={**POSITION, "description": "Everything that it wants up to here was taken, or given up."},
    failing={**or_null(record(attempts=COUNT, status=or_null(COUNT), reason=TEXT, next_attempt_at=or_null(TIME))),
             "description": "How its deliveries fail now."},
    dead_letters=COUNT)

SCHEMAS = {
    "Webhook": record(**WEBHOOK),
    "NewWebhook": record(**WEBHOOK, secret={
        "type": "string", "pattern": "^whsec_",
        "description": "What deliveries are signed with (Standard Webhooks). Shown this once."}),
    "DeadLetter": record(
        position=POSITION, attempts=COUNT,
        status={**or_null(COUNT), "description": "The receiver's last answer; null where there was none."},
        reason=TEXT, given_up_at=TIME, event={"$ref": "#/components/schemas/Event"}),
}

ONE = "/webhooks/{webhook_id}"
LETTER = ONE + "/dead-letters/{position}"
ROUTES = [
    ("get", "/webhooks", "listWebhooks", "Webhooks, with how far they have got", "[Webhook]", None),
    ("post", "/webhooks", "createWebhook",
     "Send events to a server, signed with a secret that is shown once: CloudEvents 1.0 by Standard Webhooks",
     "NewWebhook",
     words("url", url={"type": "string", "format": "uri", "maxLength": 2000}, batch=BATCH,
           streams={**ENTRIES, "description": "Names of streams such as vm/<id>, or kinds such as vm/. Empty: all."},
           types={**ENTRIES, "description": "Types such as vm.started, or kinds such as vm. (with the point). Empty: all."},
           tenants={**ENTRIES, "description": "Ids of projects, namespaces, clients or center users, or with their "
                                              "kinds such as project/<id>. Empty: all."},
           **{"from": {"type": "string", "pattern": "^([1-9][0-9]*|now)$", "default": "now",
                       "description": "First position to send."}})),
    ("get", ONE, "getWebhook", "One webhook", "Webhook", None),
    ("delete", ONE, "deleteWebhook", "End a webhook, and erase its secrets", None, None),
    ("post", ONE + "/pause", "pauseWebhook", "Send nothing until it is resumed", "Webhook", words(reason=TEXT)),
    ("post", ONE + "/resume", "resumeWebhook", "Send on, from where it stopped", "Webhook", None),
    ("post", ONE + "/rotate-secret", "rotateWebhookSecret",
     "Make another secret, which is shown once; deliveries are signed with both for a day", "NewWebhook", None),
    ("get", ONE + "/dead-letters", "listDeadLetters", "Events that the receiver never took", "[DeadLetter]", None),
    ("post", LETTER + "/redeliver", "redeliverDeadLetter", "Send one again, at once; done with it where it is taken",
     None, None),
    ("delete", LETTER, "dropDeadLetter", "Be done with a dead letter", None, None),
]
CREATES = {"createWebhook"}
OPTIONAL_BODIES = {"pauseWebhook"}
#: Beyond those of all routes.
ERRORS = {"redeliverDeadLetter": {502: "The receiver didn't take it."}}

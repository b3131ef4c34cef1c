"""`?as_of=` in the documents: on every GET, but for those whose routes have no past. They refuse it."""
import re
from pathlib import Path

# One list for the server and the documents.
ROUTES = Path(__file__).resolve().parent.parent / "history" / "timeless_routes.cpp"
TIMELESS = set(re.findall(r'{"(/[^"]*)", \w+}', ROUTES.read_text()))

PARAMETER = {
    "name": "as_of", "in": "query", "required": False,
    "description": "Answers as of this position of the log, or this time, instead of now.",
    "schema": {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]}}
AS_OF = {"$ref": "#/components/parameters/as_of"}
WRONG_MOMENT = "as_of is no moment of the log, or in the future."


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield path, method, operation


def some_400(document):
    """How this dialect describes what it refuses."""
    if "400" in document.get("components", {}).get("responses", {}):
        return {"$ref": "#/components/responses/400"}
    for _, _, operation in operations(document):
        if "400" in operation["responses"]:
            return operation["responses"]["400"]
    return {"description": WRONG_MOMENT}


def add_as_of(document):
    refused = some_400(document)
    for path, method, operation in operations(document):
        if method != "get":
            continue
        operation["responses"].setdefault("400", refused)
        others = [parameter for parameter in operation.get("parameters", ()) if parameter != AS_OF]
        if path in TIMELESS:
            if "parameters" in operation:
                operation["parameters"] = others
            continue
        operation["parameters"] = [*others, AS_OF]
        document.setdefault("components", {}).setdefault("parameters", {})["as_of"] = PARAMETER
    return document

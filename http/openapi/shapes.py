"""Schemas as the documents of several dialects write them down."""


def record(optional=(), **properties):
    """An object with these members and no others."""
    return {"type": "object", "additionalProperties": False,
            "required": [name for name in properties if name not in optional], "properties": properties}


def words(*required, **properties):
    """A body: unknown members are tolerated."""
    return {"type": "object", "required": list(required), "properties": properties}


def listed(schema):
    return {"type": "array", "items": schema}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}

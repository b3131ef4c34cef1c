"""Files of the center's people (/orrery/v1/center/files, …/uploads): a part of http/native/openapi.json, for native.py."""

from shapes import listed, record, ref

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "format": "date-time"}
PATH = {**TEXT, "minLength": 1, "maxLength": 1024,
        "description": "From the person's folder on; names with slashes between."}
HEX = {**TEXT, "pattern": "^[0-9a-f]{64}$"}

SCHEMAS = {
    "CenterFolder": record(
        ("use",), path={**TEXT, "description": "Empty for the person's folder itself."},
        items=listed(record(("size_bytes",), name=TEXT, kind={"enum": ["file", "folder"]}, size_bytes=COUNT,
                            modified_at=TIME)),
        use={**record(file_bytes=COUNT, upload_bytes=COUNT, entries=COUNT, quota_bytes=COUNT),
             "description": "Of the person's folder alone. Each file counts with its length or what it takes on the "
                            "disk, whichever is more, and 4 KiB at least; an open upload with its whole length."}),
    "CenterFile": record(("size_bytes",), path=PATH, kind={"enum": ["file", "folder"]}, size_bytes=COUNT),
    "CenterUpload": record(("sha256",), id={**TEXT, "pattern": "^[0-9a-f]{32}$"}, path=PATH, size_bytes=COUNT,
                           offset_bytes=COUNT, complete={"type": "boolean"}, expires_at=TIME, sha256=HEX),
    "CenterUploads": record(items=listed(ref("CenterUpload"))),
}

ERRORS = {
    409: "It doesn't go together with what is there: a folder in the way, another offset.",
    410: "The upload is complete, or was dropped.",
    411: "The length isn't said.",
    412: "Tus-Resumable is missing, or another version.",
    413: "There is not so much room in the quota, or more came than was announced.",
    415: "The body is of another type.",
    416: "The file has none of the range.",
    423: "Another request is writing the upload.",
    460: "The bytes have another checksum: they don't count.",
    507: "The center's disk is full.",
}
PATH_WORD = [{"name": "path...", "in": "path", "required": True, "schema": PATH}]
ID_WORD = [{"name": "upload_id", "in": "path", "required": True, "schema": TEXT}]
TUS = {"name": "Tus-Resumable", "in": "header", "required": True, "schema": {"const": "1.0.0"}}


def header(name, description, required=False):
    return {"name": name, "in": "header", "required": required, "description": description, "schema": TEXT}


def problem(status):
    if status in ERRORS:
        return {"description": ERRORS[status], "content": {"application/problem+json": {"schema": ref("Problem")}}}
    return {"$ref": f"#/components/responses/{status}"}


def json_answer(schema, description="OK"):
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}}


def operation(operation_id, summary, responses, errors=(), parameters=(), body=None):
    described = {"operationId": operation_id, "summary": summary, "security": [{"centerUser": [], "centerToken": []}]}
    if parameters:
        described["parameters"] = list(parameters)
    if body:
        described["requestBody"] = {"required": True, "content": {body: {"schema": {"type": "string",
                                                                                   "format": "binary"}}}}
    answers = {str(status): answer for status, answer in responses.items()}
    answers.update({str(error): problem(error) for error in (401, 403, 503) + tuple(errors)})
    return {**described, "responses": dict(sorted(answers.items()))}


def files():
    binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "/files": {"get": operation("listCenterFiles", "What is in one's folder, and what it counts",
                                    {200: json_answer("CenterFolder")})},
        "/files/{path...}": {
            "get": operation(
                "getCenterFile", "A file's bytes, never shown by a browser; or what is in a folder",
                {200: {"description": "OK", "content": {**binary, **json_answer("CenterFolder")["content"]}},
                 206: {"description": "The range that was asked for.", "content": binary},
                 304: {"description": "It has this ETag still."}},
                (400, 404, 409, 416),
                PATH_WORD + [header("Range", "One range of bytes; several, and other units, are passed over."),
                             header("If-Range", "Only where the file has this ETag."),
                             header("If-None-Match", "Only where the file has another ETag.")]),
            "put": operation(
                "putCenterFile", "A whole file at once, of any size; what goes wrong begins anew, unlike an upload",
                {201: json_answer("CenterFile", "It is in its place.")}, (400, 409, 411, 413, 507), PATH_WORD,
                "application/octet-stream"),
            "delete": operation("deleteCenterFile", "Delete a file or an empty folder",
                                {204: {"description": "Done."}}, (400, 404, 409), PATH_WORD)},
        "/folders/{path...}": {
            "put": operation("makeCenterFolder", "Make a folder, and those above it",
                             {200: json_answer("CenterFile", "It is there already."),
                              201: json_answer("CenterFile", "It was made.")}, (400, 409, 413, 507), PATH_WORD)},
    }


def uploads():
    return {
        "/uploads": {
            "options": {**operation("discoverUploads", "What of tus is spoken here (Tus-Version, Tus-Extension)",
                                    {204: {"description": "Done."}}), "security": []},
            "get": operation("listCenterUploads", "One's open uploads", {200: json_answer("CenterUploads")}),
            "post": operation(
                "createCenterUpload", "Announce an upload, as tus 1.0.0 says; it takes its room at once",
                {201: {"description": "Location names it."}}, (400, 409, 412, 413, 423, 507),
                [TUS, header("Upload-Length", "Of the whole file, in bytes.", True),
                 header("Upload-Metadata", "path (or filename): where the file goes; sha256: of the whole file, in "
                        "hexadecimal. Values in base64.", True),
                 header("Idempotency-Key", "The same upload again is no other.")])},
        "/uploads/{upload_id}": {
            "get": operation("getCenterUpload", "Where an upload stands; HEAD says it in headers alone",
                             {200: json_answer("CenterUpload")}, (404, 410), ID_WORD),
            "patch": operation(
                "appendToCenterUpload", "Bytes from Upload-Offset on, of any number; with the last ones the file appears",
                {204: {"description": "They are there for good, up to Upload-Offset."}},
                (400, 404, 409, 410, 412, 413, 415, 423, 460, 507),
                ID_WORD + [TUS, header("Upload-Offset", "Where the upload stands.", True),
                           header("Upload-Checksum", "sha256 and the digest of these bytes in base64.")],
                "application/offset+octet-stream"),
            "delete": operation("terminateCenterUpload", "Give an upload up", {204: {"description": "Done."}},
                                (404, 412, 423), ID_WORD + [TUS])},
    }


def paths():
    return {"/orrery/v1/center" + path: item for path, item in {**files(), **uploads()}.items()}

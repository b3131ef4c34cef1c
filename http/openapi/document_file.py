"""The document of a dialect as a file: http/<dialect>/openapi.json."""
import json
import sys
from pathlib import Path

from as_of import add_as_of

HTTP = Path(__file__).resolve().parent.parent


def path_of(dialect):
    return HTTP / dialect / "openapi.json"


def keep(dialect, document):
    """Brings the file up to date; with --check it only says that it isn't. The exit status."""
    file = path_of(dialect)
    wanted = json.dumps(add_as_of(document), indent=2, ensure_ascii=False) + "\n"
    if file.exists() and file.read_text(encoding="utf-8") == wanted:
        return 0
    if "--check" in sys.argv:
        print(f"{file.relative_to(HTTP.parent)} was not up to date: run http/openapi/{Path(sys.argv[0]).name}")
        return 1
    file.parent.mkdir(exist_ok=True)
    file.write_text(wanted, encoding="utf-8")
    print(f"wrote {file.relative_to(HTTP.parent)}")
    return 0

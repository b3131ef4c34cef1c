#!/usr/bin/env python3
"""What is wrong with a request of the GPU-sharing API is told in the words of Django REST Framework, which is the oracle.

Skipped where the framework isn't installed (python3-djangorestframework).
"""

import base64
import http.client
import json
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.append("/usr/lib/python3/dist-packages")
from orrery_server import Server  # noqa: E402

try:
    from django_oracle import Oracle
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

BINARY = os.environ["ORRERY"]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXTS = [None, "", "  ", "\t\u00a0", True, False, [], {}, ["x"], "x\u0000y", 0, 1.5, "x" * 1001]
NUMBERS = [None, "", "x", "1.5", 1.5, True, [], {}, -1, 40000, "40000", 99999, " 7x", "1__0", "9" * 1001, 1e30]
TRUTHS = ["perhaps", "", 2, -1, 1.5, [], {}, "tRUE"]
ROWS = [None, "", "x", "1.0", True, False, [], {}, [1], -1, 0, 424242, "424242", " 424242 "]
EMAILS = ["", "x", [], {}, "@", "a@b", "a b@c.de", ".a@b.de", "a@-b.de", "a@b.c", "a@b..de", "a@b.de.", "x" * 250 + "@b.de", 1, None,
          True, "a@[x]", "\"a@b.de", "a@b.de\n;", "a@" + "b" * 64 + ".de"]
USERNAMES = ["", " ", "a b", "a/b", "a,b", "ä ö", "a\u200bb", "😀", "x" * 151, "x y" * 60, None, True, [], {}]
BODIES = [b"[]", b"[1]", b"\"x\"", b"1", b"1.5", b"true", b"null", b"{}"]
BROKEN = [b"{", b"{]", b"x", b"{\"a\":1}x", b"{\"a\" 1}", b"{\"a\":}", b"'x'", b"\xff", b"{\"a\":nan}"]
#: The whole of what Python's parser says about JSON isn't repeated, but how it begins.
PARSE_ERROR = "JSON parse error - "


def without_parse_details(body):
    detail = body.get("detail", "") if isinstance(body, dict) else ""
    return {"detail": PARSE_ERROR} if detail.startswith(PARSE_ERROR) else body


class DjangoWords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-django-"))
        cls.server = Server(BINARY, cls.folder / "data")
        cls.server.start()
        cls.connection = http.client.HTTPConnection(*cls.server.address, timeout=60)
        password = "an oracle's own"
        status, person = cls.ours("POST", "/client/register/", json.dumps(
            {"username": "pythia", "email": "pythia@example.com", "password": password, "confirm_password": password,
             "terms_accepted": True}).encode(), {"Content-Type": JSON})[:2]
        assert status == 201, person
        cls.user_id = person["user_id"]
        cls.basic = {"Authorization": "Basic " + base64.b64encode(f"pythia:{password}".encode()).decode()}
        status, record = cls.ours("POST", "/gpu/list/", json.dumps(cls.machine()).encode(),
                                  {"Content-Type": JSON, **cls.basic})[:2]
        assert status == 201, record
        cls.record = f"/gpu/list/{record['id']}/"
        # Nobody offers that model; the question is stored all the same.
        cls.ours("POST", "/inference/", json.dumps(cls.question()).encode(), {"Content-Type": JSON, **cls.basic})
        status, questions = cls.ours("GET", "/inference/", b"", cls.basic)[:2]
        assert status == 200 and len(questions) == 1, questions
        cls.inference = f"/inference/{questions[0]['id']}/"
        cls.oracle = Oracle(cls.user_id, "pythia", password)

    @classmethod
    def tearDownClass(cls):
        cls.connection.close()
        cls.server.kill()
        shutil.rmtree(cls.folder)

    @classmethod
    def machine(cls):
        names = ("gpu_info", "cpu_name", "cpu_core", "cpu_frequency", "total_memory", "total_swap", "ram", "os_name",
                 "os_version")
        return {**{name: "x" for name in names}, "user": cls.user_id}

    @classmethod
    def question(cls):
        return {"client": cls.user_id, "question_text": "why?", "desired_model": "a model of nobody"}

    @classmethod
    def ours(cls, method, target, body, headers):
        cls.connection.request(method, target, body or None, headers)
        answer = cls.connection.getresponse()
        content = answer.read()
        is_json = (answer.getheader("Content-Type") or "").startswith(JSON)
        return answer.status, json.loads(content) if is_json and content else None, answer

    def compare(self, method, target, body=b"", headers=None, theirs=None, who=True):
        """`theirs`: the path at the oracle, where the row has another id there."""
        headers = {**(self.basic if who else {}), **(headers or {})}
        status, expected, _ = self.oracle.ask(method, theirs or target, body, headers)
        ours_status, ours, _ = self.ours(method, target, body, headers)
        what = f"{method} {target} {headers.get('Content-Type')} {body[:200]!r}"
        self.assertGreaterEqual(status, 300, f"{what}: the oracle refuses nothing here")
        self.assertEqual(ours_status, status, f"{what}: {ours} instead of {expected}")
        if expected is not None:
            self.assertEqual(without_parse_details(ours), without_parse_details(expected), what)

    def compare_json(self, method, target, body, theirs=None):
        self.compare(method, target, json.dumps(body).encode(), {"Content-Type": JSON}, theirs)

    def test_bodies_that_are_no_objects(self):
        for target in ("/gpu/list/", "/inference/"):
            for body in (*BODIES, *BROKEN, b""):
                self.compare("POST", target, body, {"Content-Type": JSON})
        for body in (*[one for one in BODIES if one != b"{}"], *BROKEN):
            self.compare("PATCH", self.record, body, {"Content-Type": JSON}, "/gpu/list/1/")

    def test_other_media_types(self):
        for media_type in ("text/plain", "text/xml; charset=utf-8", "multipart/form-data; boundary=x", "application/jsonx",
                           "nonsense"):
            self.compare("POST", "/gpu/list/", b"{}", {"Content-Type": media_type})
        self.compare("POST", "/gpu/list/", b"", {"Content-Type": "text/plain"})
        self.compare("POST", "/gpu/list/", b"{}", {"Content-Type": "application/json; charset=utf-8"})

    def test_fields_of_a_machine(self):
        # Our limit of a text's size is our own.
        for value in TEXTS[:-1]:
            if value in (0, 1.5) and not isinstance(value, bool):
                continue
            for name in ("gpu_info", "os_version"):
                self.compare_json("POST", "/gpu/list/", {**self.machine(), name: value})
                self.compare_json("PATCH", self.record, {name: value}, "/gpu/list/1/")
        for value in ROWS:
            self.compare_json("POST", "/gpu/list/", {**self.machine(), "user": value})
            self.compare_json("PUT", self.record, {**self.machine(), "user": value}, "/gpu/list/1/")
        self.compare_json("POST", "/gpu/list/", {"gpu_info": None, "user": "x", "ram": []})
        for name in self.machine():
            body = self.machine()
            del body[name]
            self.compare_json("POST", "/gpu/list/", body)

    def test_fields_of_a_question(self):
        for value in (None, "", " ", True, [], {}):
            self.compare_json("POST", "/inference/", {**self.question(), "question_text": value})
            self.compare_json("PATCH", self.inference, {"desired_model": value}, "/inference/1/")
        for value in ROWS:
            self.compare_json("POST", "/inference/", {**self.question(), "client": value})
        self.compare_json("PUT", self.inference, {}, "/inference/1/")
        self.compare_json("POST", "/inference/", {**self.question(), "desired_model": "x" * 256})

    def test_fields_of_a_client(self):
        target = f"/client/list/{self.user_id}/"
        for value in NUMBERS:
            self.compare_json("PATCH", target, {"user_image": value})
        for value in TRUTHS:
            if value != "":
                self.compare_json("PATCH", target, {"terms_accepted": value})
        for value in ("1234567890123", True, [], {}, 1234567890123, "123456789012\u0000"):
            self.compare_json("PUT", target, {"phone_no": value})
        for value in USERNAMES:
            self.compare_json("PUT", target, {"user": {"username": value}})
        for value in EMAILS:
            self.compare_json("PATCH", target, {"user": {"email": value}})
        for value in ("x", 1, True, [], None):
            self.compare_json("PATCH", target, {"user": value})
        self.compare_json("PUT", target, {"user": {}, "phone_no": [], "user_image": "x", "terms_accepted": "x"})

    def test_forms(self):
        form = {"Content-Type": FORM}
        for body in (b"gpu_info=x", b"gpu_info=&user=", b"user=x&user=424242", b"=", b"&&a", b"cpu_name=+++"):
            self.compare("POST", "/gpu/list/", body, form)
        target = f"/client/list/{self.user_id}/"
        for body in (b"user_image=x", b"user.username=a+b", b"user.email=x&phone_no=1234567890123", b"terms_accepted=x"):
            self.compare("PATCH", target, body, form)

    def test_credentials_methods_and_paths(self):
        for target in ("/client/list/", "/gpu/list/", "/inference/"):
            self.compare("GET", target, who=False)
            self.compare("DELETE", target, who=False)
            for method in ("PUT", "PATCH", "DELETE"):
                self.compare(method, target)
        for authorization in ("Basic", "Basic x", "Basic a b", "Basic " + base64.b64encode(b"pythia:wrong").decode(),
                              "Basic " + base64.b64encode(b"nobody:wrong").decode(),
                              "Basic " + base64.b64encode(b"pythia").decode(), "Other x"):
            self.compare("GET", "/gpu/list/", headers={"Authorization": authorization}, who=False)
        for target in ("/client/list/x/", "/gpu/list/424242/", "/gpu/list/-1/", "/gpu/list/x/", "/inference/x/",
                       "/inference/424242/", "/inference/%20/"):
            for method in ("GET", "PUT", "PATCH", "DELETE"):
                self.compare(method, target)
            self.compare("POST", target)
        self.compare("GET", "/client/list/x/", who=False)

    def test_the_challenge_and_what_is_allowed(self):
        for target in ("/client/list/", "/gpu/list/1/"):
            _, _, ours = self.ours("GET", target, b"", {})
            theirs = self.oracle.ask("GET", target, b"", {})[2]
            self.assertEqual(ours.getheader("WWW-Authenticate"), theirs["WWW-Authenticate"])
        _, _, ours = self.ours("DELETE", "/gpu/list/", b"", self.basic)
        theirs = self.oracle.ask("DELETE", "/gpu/list/", b"", self.basic)[2]
        self.assertEqual(set(ours.getheader("Allow").split(", ")), set(theirs["Allow"].split(", ")))

    def test_paths_without_their_slash(self):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            for target in ("/gpu/list", "/client/list/1?a=b%20c", "/inference"):
                status, _, theirs = self.oracle.ask(method, target, b"", {})
                ours_status, _, ours = self.ours(method, target, b"", {})
                self.assertEqual((ours_status, ours.getheader("Location")), (status, theirs["Location"]), method)


if __name__ == "__main__":
    unittest.main()

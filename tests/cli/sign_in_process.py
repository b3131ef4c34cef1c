#!/usr/bin/env python3
"""Signing in to the marketplace of a real server: what stays good through a restart, mails, Google."""

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from at_once import at_once  # noqa: E402
from mail_server import MailServer  # noqa: E402
from orrery_server import Server  # noqa: E402

BINARY = os.environ["ORRERY"]
PASSWORD = "a good password"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class GoogleKey:
    """A key such as Google's, made by the openssl program."""

    def __init__(self, folder: Path, key_id: str):
        self.id = key_id
        self.file = folder / f"{key_id}.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.file, "2048"], check=True, stderr=subprocess.DEVNULL)

    def words(self):
        modulus = subprocess.run(["openssl", "rsa", "-in", self.file, "-noout", "-modulus"], check=True,
                                 capture_output=True, text=True).stdout.strip().removeprefix("Modulus=")
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "e": "AQAB",
                "n": base64url(bytes.fromhex(modulus))}

    def token(self, email, **claims):
        now = int(time.time())
        claims = {"iss": "https://accounts.google.com", "aud": "orrery-app", "email": email, "email_verified": True,
                  "iat": now - 5, "exp": now + 3600, **claims}
        text = ".".join(base64url(json.dumps(part).encode())
                        for part in ({"alg": "RS256", "kid": self.id, "typ": "JWT"}, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file], input=text.encode(), check=True,
                                   capture_output=True).stdout
        return f"{text}.{base64url(signature)}"


class SignInProcess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-sign-in-"))
        cls.mail = MailServer()
        cls.google = GoogleKey(cls.folder, "key-1")
        cls.jwks = cls.folder / "jwks.json"
        cls.publish(cls.google)
        cls.server = Server(
            BINARY, cls.folder / "data", "--dev-nodes", "8", "--mail-smtp-url", cls.mail.url, "--mail-from",
            "gpu@orrery.invalid", "--mail-require-tls=false", "--gpushare-google-jwks", str(cls.jwks),
            "--gpushare-google-client-id", "orrery-app")
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.mail.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def publish(cls, *keys):
        draft = cls.folder / "jwks.new"
        draft.write_text(json.dumps({"keys": [key.words() for key in keys]}))
        draft.rename(cls.jwks)

    def call(self, method, path, body=None, authorization=None, **headers):
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        if authorization:
            headers["Authorization"] = authorization
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def register(self, username):
        status, session = self.call("POST", "/client/register/", {
            "username": username, "email": f"{username}@example.com", "password": PASSWORD,
            "confirm_password": PASSWORD, "terms_accepted": True})
        self.assertEqual(status, 201, session)
        return session

    def is_signed_in(self, authorization):
        return self.call("GET", "/client/list/", authorization=authorization)[0] == 200

    @staticmethod
    def basic(login, password=PASSWORD):
        return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()

    def test_everything_that_was_good_stays_so_through_a_kill(self):
        session = self.register("restarted")
        tokens = [session["token"]]
        status, login = self.call("POST", "/client/login/", {"email": "restarted@example.com", "password": PASSWORD})
        self.assertEqual(status, 201)
        tokens.append(login["token"])
        self.assertEqual(self.call("POST", "/client/logout/", {"device_token": login["device_token"]},
                                   f"Token {tokens[0]}")[0], 201)
        self.server.kill()
        self.server.start()
        self.assertTrue(self.is_signed_in(f"Token {tokens[0]}"))
        self.assertFalse(self.is_signed_in(f"Token {tokens[1]}"))
        self.assertTrue(self.is_signed_in(self.basic("restarted")))
        status, shown = self.call("GET", "/client/list/", authorization=f"Token {tokens[0]}")
        self.assertEqual(shown[0]["user_token"], tokens[0])
        status, refused = self.call("POST", "/client/register/", {
            "username": "restarted", "email": "another@example.com", "password": PASSWORD})
        self.assertEqual((status, list(refused)), (400, ["username"]))

    def test_a_mail_sets_a_new_password_once(self):
        self.register("forgetful")
        before = len(self.mail.mails)
        known = self.call("POST", "/client/password-reset/", {"email": "forgetful@example.com"})
        unknown = self.call("POST", "/client/password-reset/", {"email": "nobody@example.com"})
        self.assertEqual(known, unknown)
        recipient, message = self.mail.wait_for(before + 1)[-1]
        self.assertEqual(recipient, "forgetful@example.com")
        self.assertRegex(message, r"(?m)^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$")
        link = re.search(r"/client/reset-password/[^/\s]+/[^/\s]+/", message).group()
        # What a link leads to is told by its time and digest, so it outlives a restart.
        self.server.kill()
        self.server.start()
        words = {"new_password": "another password", "confirm_password": "another password"}
        results = at_once(*[lambda: self.call("POST", link, words)[0]] * 4)
        self.assertEqual(results.count(201), 1, results)
        self.assertLessEqual(set(results), {201, 400, 409})
        self.assertTrue(self.is_signed_in(self.basic("forgetful", "another password")))
        self.assertFalse(self.is_signed_in(self.basic("forgetful")))
        self.assertEqual(len(self.mail.mails), before + 1)

    def test_google_signs_people_in(self):
        status, first = self.call("POST", "/client/google-auth/", {"token": self.google.token("ada@gmail.example")})
        self.assertEqual(status, 201, first)
        self.assertEqual((first["username"], first["email"]), ("ada", "ada@gmail.example"))
        self.assertTrue(self.is_signed_in(f"Token {first['token']}"))
        for claims in ({"aud": "another-app"}, {"email_verified": False}, {"exp": int(time.time()) - 100}):
            token = self.google.token("ada@gmail.example", **claims)
            self.assertEqual(self.call("POST", "/client/google-auth/", {"token": token})[0], 400, claims)
        next_key = GoogleKey(self.folder, "key-2")
        token = next_key.token("ada@gmail.example")
        self.assertEqual(self.call("POST", "/client/google-auth/", {"token": token})[0], 400)
        self.publish(self.google, next_key)
        status, again = self.call("POST", "/client/google-auth/", {"token": token})
        self.assertEqual((status, again["user_id"]), (201, first["user_id"]))

    def test_guessing_ends_alike_for_known_and_unknown_names(self):
        self.register("guessed")
        for name in ("guessed", "unguessed"):
            answers = [self.call("GET", "/client/list/", authorization=self.basic(name, f"guess {i}"))[0]
                       for i in range(11)]
            self.assertEqual(answers, [401] * 10 + [429], name)

    def test_nothing_that_is_secret_or_personal_is_in_the_program_log(self):
        session = self.register("discreet")
        self.call("POST", "/client/login/", {"email": "discreet@example.com", "password": "not this one"})
        self.call("POST", "/client/password-reset/", {"email": "discreet@example.com"})
        log = (self.folder / "server.log").read_text()
        for planted in ("discreet", "not this one", PASSWORD, session["token"], "reset-password/"):
            self.assertNotIn(planted, log)


if __name__ == "__main__":
    unittest.main(verbosity=2)

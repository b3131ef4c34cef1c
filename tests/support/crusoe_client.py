"""A client that signs its requests as Crusoe's own clients do. It shares no code with the server."""

import base64
import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse

SIGNATURE_VERSION = "1.0"


def sign(secret_key: str, method: str, path: str, query: str, timestamp: str) -> str:
    """HMAC-SHA256 over path, sorted query, verb and time, each ended by a line feed; base64url without padding."""
    key = base64.urlsafe_b64decode(secret_key + "=" * (-len(secret_key) % 4))
    payload = f"{path}\n{query}\n{method}\n{timestamp}\n"
    digest = hmac.new(key, payload.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class CrusoeClient:
    """One keep-alive connection, with a key that signs."""

    def __init__(self, address, access_key_id: str, secret_key: str):
        self.access_key_id = access_key_id
        self.secret_key = secret_key
        self.connection = http.client.HTTPConnection(*address, timeout=30)

    def headers(self, method: str, path: str, query: dict, time=None) -> dict:
        time = time or datetime.datetime.now(datetime.timezone.utc)
        timestamp = time.replace(microsecond=0).isoformat()
        canonical = urllib.parse.urlencode(sorted(query.items()))
        signature = sign(self.secret_key, method, path, canonical, timestamp)
        return {"X-Crusoe-Timestamp": timestamp,
                "Authorization": f"Bearer {SIGNATURE_VERSION}:{self.access_key_id}:{signature}"}

    def call(self, method: str, path: str, body=None, query=None, headers=None):
        """(status, parsed body). `path` begins with /v1alpha5; `headers` replace the signature's."""
        query = query or {}
        headers = dict(headers if headers is not None else self.headers(method, path, query))
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        # In another order than they are signed in.
        target = path + ("?" + urllib.parse.urlencode(sorted(query.items(), reverse=True)) if query else "")
        self.connection.request(method, target, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None

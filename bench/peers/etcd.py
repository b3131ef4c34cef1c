"""etcd, one member, taking puts through its HTTP gateway."""

import base64
import subprocess
from pathlib import Path

from peers.ports import free_port, wait_for_port


class Etcd:
    def __init__(self, folder: Path):
        self.port, peer_port = free_port(), free_port()
        client, peer = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{peer_port}"
        self.process = subprocess.Popen(
            ["etcd", "--data-dir", str(folder), "--listen-client-urls", client, "--advertise-client-urls", client,
             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
             "--initial-cluster", f"default={peer}", "--log-level", "error"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)
        self.url = f"{client}/v3/kv/put"

    @staticmethod
    def script(value: bytes) -> str:
        """Lua for wrk: each request puts `value` under a key of its own."""
        return f"""
local value = "{base64.b64encode(value).decode()}"
local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local count, thread_count = 0, 0
function setup(thread) thread:set("id", thread_count); thread_count = thread_count + 1 end
function request()
  count = count + 1
  local number, key = count * 16 + id, ""
  for _ = 1, 8 do
    local digit = number % 64
    key = key .. digits:sub(digit + 1, digit + 1)
    number = (number - digit) / 64
  end
  return wrk.format("POST", nil, nil, '{{"key":"' .. key .. '","value":"' .. value .. '"}}')
end
"""

    def stop(self):
        self.process.terminate()
        self.process.wait()

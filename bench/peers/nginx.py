"""nginx, serving one file over keep-alive connections."""

import os
import subprocess
from pathlib import Path

from peers.ports import free_port, wait_for_port

_CONFIGURATION = """
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16;
  keepalive_requests 1000000000;
  default_type application/json;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} reuseport; root {folder}/root; }}
}}
"""


class Nginx:
    def __init__(self, folder: Path, body: bytes):
        root = folder / "root"
        root.mkdir(parents=True)
        folder.chmod(0o755)
        (root / "vm").write_bytes(body)
        self.port = free_port()
        configuration = folder / "nginx.conf"
        user = "user root;\n" if os.geteuid() == 0 else ""  # Else its workers can't enter the folder.
        configuration.write_text(user + _CONFIGURATION.format(folder=folder, port=self.port))
        self.process = subprocess.Popen(["nginx", "-c", str(configuration), "-p", str(folder)],
                                        stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)
        self.url = f"http://127.0.0.1:{self.port}/vm"

    def stop(self):
        self.process.terminate()
        self.process.wait()

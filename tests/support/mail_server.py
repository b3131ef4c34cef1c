"""A mail server on loopback that takes every mail."""

import socketserver
import threading


class MailServer:
    """Knows each mail as (recipient, message)."""

    def __init__(self):
        self.mails = []
        self.changed = threading.Condition()
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler(), bind_and_activate=True)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # A server that is killed breaks off.
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(self):
        mail_server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.say("220 here")
                recipient = ""
                while line := self.rfile.readline().decode().strip():
                    if line == "QUIT":
                        return
                    if line.startswith("RCPT TO:<"):
                        recipient = line[9:].rstrip(">")
                    self.say("354 go on" if line == "DATA" else "250 fine")
                    if line == "DATA":
                        mail_server._take(recipient, self.message())
                        self.say("250 taken")

            def say(self, line):
                self.wfile.write(f"{line}\r\n".encode())

            def message(self):
                lines = []
                while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(line)
                return "\n".join(lines)

        return Handler

    def _take(self, recipient, message):
        with self.changed:
            self.mails.append((recipient, message))
            self.changed.notify_all()

    def wait_for(self, count):
        """So many mails, or fewer where they don't come within ten seconds."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.mails) >= count, 10)
            return list(self.mails)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

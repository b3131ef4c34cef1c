"""Ports for servers that must know theirs before they start, and keep them over restarts: blocks of which each test has its own."""

import random
import socket

SIZE = 200
#: Below what services on this host get (20000 on), and far below what clients are given (32768 on), who may have any port for a moment.
BLOCKS = range(10_000, 20_000, SIZE)


def take_block():
    """(first, lock): SIZE ports on which nobody listens. They are nobody else's, of all who ask here, for as long as this or any process has
    the lock open: a name that is seen where the ports are."""
    for first in random.sample(BLOCKS, len(BLOCKS)):
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            lock.bind(f"\0orrery-test-ports-{first}")
            if all(_is_free(port) for port in range(first, first + SIZE)):
                return first, lock
        except OSError:
            pass  # Somebody has it.
        lock.close()
    raise AssertionError(f"no {SIZE} ports in a row are free from {BLOCKS.start} to {BLOCKS.stop}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # What has been closed a moment ago is free.
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

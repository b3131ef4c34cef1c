"""Waiting for what must come to be, however slow the machine is."""

import time


def await_true(condition, what: str, sight=lambda: "", timeout_s: float = 90):
    """What the condition says once it holds; after so long a failure, with what can be seen then."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}: {sight()}"
        time.sleep(0.05)
    return found

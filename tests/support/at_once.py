"""Things that happen at the same time, for tests of races."""

import threading


def at_once(*actions):
    """Runs the actions on threads of their own that start together; their results in the same order."""
    barrier = threading.Barrier(len(actions))
    results = [None] * len(actions)

    def run(index, action):
        barrier.wait()
        results[index] = action()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

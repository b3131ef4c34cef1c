#!/usr/bin/env python3
"""Instances as jobs of a real Slurm: what they keep while they are off, what is saved of them, and what goes with them.

Skipped without a Slurm (scripts/install-slurm) or root."""

import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from neolink_client import NeolinkClient  # noqa: E402
from slurm_case import SlurmCase, main  # noqa: E402
from waiting import await_true  # noqa: E402

#: Serves its disk, where it notes each of its lives, as on its volume.
INSTANCE = """\
echo life >> "$VOLUME/lives"
echo life >> "$VOLUME_1/lives"
ln -sfn "$VOLUME_1" "$VOLUME/volume"
exec python3 -m http.server "$PORT" --bind "$HOST" --directory "$VOLUME"
"""


class SlurmInstances(SlurmCase):
    KINDS = (("a", 1, "a100", 4, 64, 515_000), ("c", 2, "a6000", 4, 64, 257_000))

    @classmethod
    def arguments(cls):
        script = cls.folder / "instance.sh"
        script.write_text(INSTANCE)
        return "--driver-slurm-instance-command", f"/bin/sh {script}"

    def setUp(self):
        self.client = NeolinkClient(self.server, cluster="slurm")
        self.addCleanup(self.client.close)

    def status(self, name):
        code, answer = self.client.one(name)
        return answer["status"] if code == 200 else None

    def await_status(self, name, wanted):
        await_true(lambda: self.status(name) == wanted, f"{name} to be {wanted}", lambda: self.client.one(name))

    def running(self, **more):
        code, answer = self.client.create(**more)
        self.assertEqual(code, 200, answer)
        self.await_status(answer["name"], "Running")
        return answer["name"]

    def lives(self, name, where=""):
        """How often the instance, or its volume, has been begun with, as it says itself."""
        port = re.search(r"ssh -p(\d+) ", str(self.client.one(name)[1])).group(1)

        def said():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{where}lives", timeout=5) as answer:
                    return answer.read().decode().count("life")
            except urllib.error.URLError:
                return None  # It runs, and doesn't listen yet.

        return await_true(said, f"an answer of {name}")

    def test_an_instance_keeps_its_disk_and_is_saved(self):
        name = self.running()
        self.assertEqual(self.lives(name), 1)
        saved = {"gracePeriodSeconds": 2, "needSnapshot": True, "imageName": "image1", "tag": "v1.1.0"}
        first = set(self.in_slurm())
        self.assertEqual(self.client.power_off(name, saved), (200, "ok"))
        self.await_status(name, "Shutdown")
        await_true(lambda: not first & set(self.in_slurm()), "its job to leave Slurm", self.in_slurm)
        self.assertEqual(self.client.power_on(name), (200, "ok"))
        self.await_status(name, "Running")
        self.assertEqual((self.lives(name), self.lives(name, "volume/")), (2, 2))

        volume = self.client.one(name)[1]["volumeMounts"][1]["PVCName"]
        self.assertEqual(self.client.delete(name), (200, "ok"))
        self.await_status(name, None)
        registry = self.client.call("GET", "/regions")[1][0]["harborAddr"]
        again = self.running(image=f"{registry}/{self.client.user_id}/image1:v1.1.0", VolumeMount={"PVCName": volume})
        self.assertEqual((self.lives(again), self.lives(again, "volume/")), (2, 3))

        # A restart looks for what is gone, and an instance that runs goes on.
        self.server.kill()
        self.server.serve()
        self.client.close()
        await_true(lambda: not (self.folder / "instances" / name).exists(), "the folder of the deleted instance to be gone")
        self.assertEqual(self.lives(again), 2)
        self.assertEqual(self.client.delete(again), (200, "ok"))
        self.await_status(again, None)
        self.await_gone()


if __name__ == "__main__":
    main()

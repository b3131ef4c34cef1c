#!/usr/bin/env python3
"""Recipes as operators meet them: `orrery recipe`, the folder of a running server, and who may reach its service API."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Server  # noqa: E402

BINARY = os.environ["ORRERY"]
TOKEN = "0123456789abcdef0123456789abcdef"
OWN = "description: ours\nversion: 1\nimage: ours:1\n"


def run(*arguments, **environment):
    return subprocess.run([BINARY, *map(str, arguments)], env={**os.environ, **environment}, capture_output=True,
                          text=True, timeout=60)


class RecipeProcess(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-recipe-"))
        self.data = self.folder / "data"
        self.server = None

    def tearDown(self):
        if self.server and self.server.process.poll() is None:
            self.server.kill()
        shutil.rmtree(self.folder)

    def serve(self, *arguments):
        self.server = Server(BINARY, self.data, "--dev-nodes", "1", "--time-scale", "100", *map(str, arguments))
        self.server.start()

    def get(self, path, **headers):
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        connection.request("GET", path, headers={name.capitalize(): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer

    def paths(self):
        return [recipe["path"] for recipe in self.get("/api/v1/recipes")[1]]

    def test_a_server_that_others_reach_wants_a_token_and_touches_nothing_without(self):
        refused = run("serve", "--data", self.data, "--listen", "0.0.0.0:0")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("services.token-file", refused.stderr)
        self.assertIn("openssl rand -hex 32", refused.stderr)
        self.assertFalse(self.data.exists())
        refused = run("serve", "--data", self.data, "--services-token-file", self.folder / "nothing")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertFalse(self.data.exists())

    def test_a_token_is_asked_for_where_there_is_one(self):
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        self.serve("--services-token-file", token)
        self.assertEqual(self.get("/api/v1/recipes")[0], 401)
        self.assertEqual(self.get("/api/v1/recipes", authorization="Bearer x" + TOKEN)[0], 401)
        self.assertEqual(self.get("/api/v1/recipes", authorization="Bearer " + TOKEN)[0], 200)
        operator = self.server.credentials["orrery"]["operator_key"]
        self.assertEqual(self.get("/api/v1/recipes", authorization="Bearer " + operator)[0], 200)

    def test_a_running_server_notices_recipes_that_come_change_break_and_go(self):
        self.serve()
        shipped = self.paths()
        self.assertIn("inference/vllm", shipped)
        recipe = self.data / "recipes" / "inference" / "ours.yaml"
        recipe.write_text(OWN)
        while "inference/ours" not in self.paths():
            pass
        self.assertEqual(self.get("/api/v1/recipes/ours"), (200, {
            "name": "ours", "category": "inference", "description": "ours", "version": "1", "path": "inference/ours"}))
        self.assertIn("inference/ours", run("recipe", "list", "--data", self.data).stdout)
        recipe.write_text(OWN + "colour: red\n")
        while "inference/ours" in self.paths():
            pass
        checked = run("recipe", "check", "--data", self.data)
        self.assertEqual(checked.returncode, 1)
        self.assertIn("inference/ours.yaml, line 4: colour is unknown", checked.stderr)
        self.assertIn("inference/ours.yaml, line 4: colour is unknown", (self.folder / "server.log").read_text())
        recipe.unlink()
        while self.paths() != shipped:
            pass
        self.assertEqual(self.get("/api/v1/recipes/ours")[0], 404)

    def test_what_an_operator_removes_stays_away(self):
        self.serve()
        (self.data / "recipes" / "storage" / "minio.yaml").unlink()
        self.server.stop()
        self.serve()
        self.assertNotIn("storage/minio", self.paths())

    def test_a_server_of_no_data_yet_lists_what_it_would_get(self):
        listed = run("recipe", "list", "--json", "--data", self.data)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertEqual(len(json.loads(listed.stdout)), 7)
        self.assertFalse(self.data.exists())

    def test_recipes_are_exported_checked_and_served_from_a_folder_of_ones_own(self):
        recipes = self.folder / "recipes"
        refused = run("serve", "--data", self.data, "--services-recipes", recipes)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn(f"orrery recipe export {recipes}", refused.stderr)
        self.assertEqual(run("recipe", "export", recipes).returncode, 0)
        self.assertIn("7 recipes are good", run("recipe", "check", recipes).stdout)
        self.assertIn("1 recipe is good", run("recipe", "check", recipes / "inference" / "vllm.yaml").stdout)
        shutil.rmtree(recipes / "storage")
        self.serve("--services-recipes", recipes)
        self.assertEqual(len(self.paths()), 5)
        self.assertFalse((self.data / "recipes").exists())

    def test_a_recipe_is_shown_with_a_request_merged(self):
        shown = run("recipe", "show", "vllm", "--with", '{"environment": {"VLLM_MODEL": "gpt2"}}', "--data", self.data)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        environment = json.loads(shown.stdout)["each"]["launch"]["environment"]
        self.assertIn({"name": "VLLM_MODEL", "value": "gpt2"}, environment)
        self.assertEqual(run("recipe", "show", "nothing", "--data", self.data).returncode, 1)

    def test_the_doctor_examines_recipes_and_who_may_reach_them(self):
        examined = run("doctor", "--data", self.data, "--listen", "127.0.0.1:0")
        self.assertRegex(examined.stdout, r"ok +recipes +7 ")
        examined = run("doctor", "--data", self.data, "--listen", "0.0.0.0:0")
        self.assertEqual(examined.returncode, 1)
        self.assertRegex(examined.stdout, r"FAIL +service API +.*token")


if __name__ == "__main__":
    unittest.main()

"""A class on this machine, for as long as a check takes: accounts, the book's repository, a hub."""

import os
import pwd
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import psutil
from browser import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "for a trial"
PREFIX = "cnn-book-class-"
VENV = Path(sys.prefix)


def run(*command, **options):
    return subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True, **options
    )


class Remote:
    """The book's repository as a server would have it, and the teacher's copy of it."""

    def __init__(self, folder):
        self.teacher = folder / "teacher"
        self.teacher.mkdir()
        for name in run("git", "ls-files", "-z", cwd=ROOT).stdout.split("\0"):
            if name and (ROOT / name).exists():
                (self.teacher / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.teacher / name)
        self._git("init", "--quiet", "--initial-branch=main")
        self.commit("The book")
        run("git", "clone", "--quiet", "--bare", self.teacher, folder / "served" / "book.git")
        self._git("remote", "add", "origin", folder / "served" / "book.git")
        port = free_port()
        self.address = f"git://127.0.0.1:{port}/book.git"
        command = ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all"]
        self.server = subprocess.Popen([*command, f"--base-path={folder / 'served'}", folder / "served"])

    def _git(self, *words):
        run("git", "-c", "user.name=Teacher", "-c", "user.email=teacher@localhost", *words, cwd=self.teacher)

    def commit(self, why):
        self._git("add", "--all", "--force")
        self._git("commit", "--quiet", "-m", why)

    def publish(self, why):
        self.commit(why)
        self._git("push", "--quiet", "origin", "main")

    def close(self):
        self.server.terminate()
        self.server.wait(10)


class Hub:
    """JupyterHub with the book's own settings and students of its own, who go when it closes."""

    def __init__(self, folder, students):
        self.students, self.made = students, []
        folder.chmod(0o755)
        (folder / "homes").mkdir()
        for name in students:
            if any(entry.pw_name == name and PREFIX in entry.pw_dir for entry in pwd.getpwall()):
                run("userdel", "--force", name)  # of a run that was killed
            run("useradd", "--create-home", "--base-dir", folder / "homes", "--shell", "/bin/bash", name)
            self.made.append(name)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        own = {
            "CLASS_ADDRESS": self.address,
            "CLASS_TRIAL_PASSWORD": PASSWORD,
            "CLASS_TRIAL_OPTIONS": "--LabApp.expose_app_in_browser=True",
            "CONFIGPROXY_AUTH_TOKEN": os.urandom(16).hex(),
            "PATH": f"{VENV / 'bin'}:{VENV / 'node_modules' / '.bin'}:/usr/local/bin:/usr/bin:/bin",
        }
        env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "JUPYTER"))}
        state = folder / "hub"
        state.mkdir(mode=0o700)
        command = ["jupyterhub", "--config", ROOT / "teach" / "jupyterhub_config.py"]
        command += [f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}"]
        command += [f"--JupyterHub.hub_port={free_port()}"]
        self.log = open(folder / "hub.log", "wb")  # noqa: SIM115  (closed with the hub)
        self.server = subprocess.Popen(
            [VENV / "bin" / "python", "-m", *command],
            cwd=state,
            env=env | own,
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{self.address}/hub/api", timeout=2)
                break
            except OSError:
                time.sleep(0.5)
        else:
            self.close()
            raise RuntimeError(f"JupyterHub did not start: {(folder / 'hub.log').read_text()[-3000:]}")

    def link(self, repository, page):
        """The address that a teacher gives out: it brings the book, or its news, and opens a page."""
        words = {
            "repo": repository,
            "branch": "main",
            "targetPath": "book",
            "urlpath": f"lab/tree/book/{page}",
        }
        return f"{self.address}/hub/user-redirect/git-pull?{urlencode(words)}"

    def home(self, student):
        return Path(pwd.getpwnam(student).pw_dir)

    def memory(self, student):
        """What a student's processes hold, in MB, as server and kernels; shared pages count in part."""
        held = {"server": 0.0, "kernels": 0.0}
        for process in psutil.process_iter(["username", "cmdline"]):
            if process.info["username"] == student:
                kind = "kernels" if "ipykernel_launcher" in " ".join(process.info["cmdline"]) else "server"
                held[kind] += process.memory_full_info().pss / 1e6
        return held

    def close(self):
        self.server.terminate()  # it ends the students' servers and its proxy
        try:
            self.server.wait(60)
        except subprocess.TimeoutExpired:
            self.server.kill()
        self.log.close()
        for name in self.made:
            for process in psutil.process_iter(["username"]):
                if process.info["username"] == name:
                    process.kill()
            run("userdel", "--remove", name)

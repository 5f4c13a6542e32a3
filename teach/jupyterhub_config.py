"""JupyterHub for a class on one machine: every student is a user of the system, with a home of their own.

    sudo env PATH="$PATH" jupyterhub --config teach/jupyterhub_config.py

Students log in with the password of their account. `make class` tries this file with three of them.
"""

import os
import pwd

c = get_config()  # noqa: F821  (JupyterHub gives it)

# Behind a web server that speaks HTTPS; alone in a classroom: "http://:8000".
c.JupyterHub.bind_url = os.environ.get("CLASS_ADDRESS", "http://127.0.0.1:8000")

# Whoever has an account may come in; a list of names: c.Authenticator.allowed_users = {"ada", "emmy"}.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allow_all = True
c.Authenticator.admin_users = set(os.environ.get("CLASS_TEACHERS", "").split())
if trial := os.environ.get("CLASS_TRIAL_PASSWORD"):  # one password for all: for a trial only
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = trial

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120  # thirty servers that start in the same minute
# One thread a student: NumPy would otherwise take every core for each of them.
c.Spawner.environment = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",  # a kernel whose page was closed an hour ago
    "--ServerApp.shutdown_no_activity_timeout=7200",
    *os.environ.get("CLASS_TRIAL_OPTIONS", "").split(),
]


def private(spawner):
    """Nobody else reads a student's home, whatever the system's habit is."""
    os.chmod(pwd.getpwnam(spawner.user.name).pw_dir, 0o700)


c.Spawner.pre_spawn_hook = private

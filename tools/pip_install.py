"""pip, asked to install into ``.venv`` and nowhere else, whatever its own settings say of other work.

Of these settings only the ones stay that say how packages are reached (a school's mirror, a proxy, a
certificate) or which are allowed. All others (prefix, target, user, no-deps, require-hashes, pre ...)
change what arrives, or where, and belong to another project.
"""

import ast
import os
import re
import subprocess
import sys

KEPT = "index-url extra-index-url no-index find-links trusted-host proxy cert client-cert keyring-provider"
KEPT += " timeout default-timeout retries resume-retries cache-dir no-cache-dir use-feature constraint"
KEPT = {f"PIP_{name}".upper().replace("-", "_") for name in KEPT.split()}
READ = KEPT | {"PIP_CONFIG_FILE"}


def settings(python, env):
    """Return the variables with the settings that stay, wherever pip reads them from, and with no others."""
    env = {name: value for name, value in env.items() if name in READ or not name.startswith("PIP_")}
    command = [python, "-I", "-m", "pip", "config", "list"]
    listed = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace").stdout
    for place in ("global", "install", ":env:"):  # each counts for more than the one before
        for name, value in re.findall(rf"^{place}\.([\w-]+)=(.+)$", listed, re.M):
            name = f"PIP_{name}".upper().replace("-", "_")
            if name in KEPT:
                env[name] = ast.literal_eval(value)
    return env | {"PIP_CONFIG_FILE": os.devnull}


def install(python, *arguments, env):
    """Run ``pip install``; return what it said on stderr where it failed, and None where it did not."""
    command = [python, "-I", "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    said = []
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, errors="replace", env=settings(python, env)
    ) as process:
        for line in process.stderr:
            sys.stderr.write(line)
            sys.stderr.flush()
            said.append(line)
    return ("".join(said) or "pip failed without a word") if process.returncode else None

"""What a lecturer takes for a server: files in form, limits above what was measured, a plan of the texts."""

import json
import re

import pytest
import yaml

from authoring import entries, notebooks
from authoring.teaching import plan
from tools import book

TEACH = notebooks.ROOT / "teach"
MEASURED = json.loads((TEACH / "measured.json").read_text(encoding="utf-8"))
CHAPTERS = entries.chapters(notebooks.CHAPTERS)
EARLY = [cost for chapter, cost in MEASURED["chapters"].items() if chapter != "10"]

# The documented keys of the two programs, as far as they are used, and what kind of value each takes.
# https://z2jh.jupyter.org/en/stable/resources/reference.html
Z2JH = {
    "hub": {"config": {"JupyterHub": {"authenticator_class": str}, "Authenticator": {"allow_all": bool}}},
    "singleuser": {
        "image": {"name": str, "tag": str},
        "defaultUrl": str,
        "memory": {"guarantee": str, "limit": str},
        "cpu": {"guarantee": float, "limit": int},
        "storage": {"capacity": str},
        "startTimeout": int,
        "extraEnv": {"OMP_NUM_THREADS": str, "OPENBLAS_NUM_THREADS": str, "MKL_NUM_THREADS": str},
        "lifecycleHooks": {"postStart": {"exec": {"command": list}}},
    },
    "scheduling": {"userScheduler": {"enabled": bool}, "userPlaceholder": {"enabled": bool, "replicas": int}},
    "prePuller": {"continuous": {"enabled": bool}},
    "cull": {"enabled": bool, "timeout": int},
}
Z2JH["hub"]["config"]["Authenticator"]["admin_users"] = list
# https://tljh.jupyter.org/en/latest/topic/tljh-config.html
TLJH = {
    "users": {"admin": list},
    "limits": {"memory": str, "cpu": int},
    "user_environment": {"default_app": str},
    "services": {"cull": {"enabled": bool, "timeout": int}},
}


def kinds(values):
    """Values with each leaf's kind in its place."""
    return {k: kinds(v) if isinstance(v, dict) else type(v) for k, v in values.items()}


def megabytes(text):
    number, unit = re.fullmatch(r"(\d+)([MG])", text).groups()
    return int(number) * {"M": 1, "G": 1000}[unit]


def settings(name):
    return yaml.safe_load((TEACH / name).read_text(encoding="utf-8"))


def test_the_settings_have_the_documented_keys_and_kinds():
    assert kinds(settings("zero-to-jupyterhub.yaml")) == Z2JH
    assert kinds(settings("tljh.yaml")) == TLJH


def test_the_limits_hold_what_a_student_was_measured_to_need():
    memory = settings("zero-to-jupyterhub.yaml")["singleuser"]["memory"]
    usual = MEASURED["server"] + max(cost["peak"] for cost in EARLY)
    most = MEASURED["server"] + MEASURED["chapters"]["10"]["peak"]
    assert usual <= megabytes(memory["guarantee"]) < 2 * usual
    assert most <= megabytes(memory["limit"])
    assert most <= megabytes(settings("tljh.yaml")["limits"]["memory"])


def page():
    return notebooks.read(notebooks.CHAPTERS / "text" / "teach.md")


def test_the_page_s_table_of_machines_counts_as_it_says():
    source = next(cell.source for _, cell in notebooks.code(page()) if "def machine" in cell.source)
    scope = {}
    exec("import math\n" + source, scope)
    few = {"server": 100, "chapters": {"1": {"peak": 200, "work": 3}, "2": {"peak": 400, "work": 9}}}
    few["chapters"]["10"] = {"peak": 1400, "work": 100}
    assert scope["machine"](10, few) == (6, 16, 1)  # 1000 + 10 · 500, 1000 + 10 · 1500 MB; 10 · 6 / 60
    assert scope["machine"](100, few) == (51, 151, 10)
    assert scope["machine"](101, few) == (52, 153, 11)


def test_the_plan_holds_every_chapter_once_and_its_own_minutes():
    term, week = plan.table(CHAPTERS).split("**One intensive week**")
    for entry in CHAPTERS:
        rows = [row for row in term.splitlines() if f"({entry.path.name})" in row]
        minutes = sum(int(re.search(r"\| (\d+) min \|", row)[1]) for row in rows)
        assert entry.minutes <= minutes <= entry.minutes + 5 * (len(rows) - 1)
        assert week.count(f"({entry.path.name})") == 1
    assert len(re.findall(r"^\| \d+ \|", term, re.M)) == 12
    found = re.findall(r"(\d+) h (\d\d) min", week)
    assert sum(60 * int(hours) + int(minutes) for hours, minutes in found) == sum(e.minutes for e in CHAPTERS)


def test_a_chapter_needs_earlier_ones_only_and_they_are_the_texts_own():
    needed = {entry.number: plan.needs(entry.path) for entry in CHAPTERS}
    assert all(before < number for number, found in needed.items() for before in found)
    assert needed[1] == [] and needed[3] == [2]
    # What the page says: chapter 8 can be left out.
    assert 8 not in needed[9] + needed[10]


def test_a_section_that_is_gone_is_named(monkeypatch):
    monkeypatch.setitem(plan.SKIP, 3, ("No such section",))
    with pytest.raises(ValueError, match="no section 'No such section'"):
        plan.table(CHAPTERS)


def test_the_page_names_commands_and_files_that_exist():
    text = (notebooks.CHAPTERS / "text" / "teach.md").read_text(encoding="utf-8")
    text += (TEACH / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`make (\w+)", text)) <= set(book.COMMANDS)
    for name in re.findall(r"(?<=[`/ ])teach/([\w.-]+\.\w+)", text):
        assert (TEACH / name).exists(), name
    pinned = (TEACH / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for package in re.findall(r"\b(?:jupyterhub|nbgitpuller)==[\d.]+", text):
        assert package in pinned

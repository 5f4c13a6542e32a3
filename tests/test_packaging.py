"""What the book is delivered with: version lists that agree, Binder's recipe, workflow, licences, README."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from tools import book, environment

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# What conda-forge calls differently; PyTorch's build for CPUs is pinned without its last number, and of what
# nothing but time depends on any version will do.
CONDA = {"matplotlib": "matplotlib-base", "torch": "pytorch-cpu", "isal": "python-isal"}
CONDA_ALONE = {"python", "pip"}


def pins(name):
    """Package -> requirement of a file of pinned requirements."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert len({r.name for r in found}) == len(found), f"{name} names a package twice"
    return {r.name: r for r in found}


def version(requirement):
    """The version that a requirement pins."""
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


def ranges():
    """Package -> range of what `helpers` can use, PyTorch for chapter 10 among it."""
    project = PROJECT["project"]
    needed = project["dependencies"] + sum(project["optional-dependencies"].values(), [])
    return {r.name: r.specifier for r in map(Requirement, needed)}


def conda():
    """Package -> version of environment.yml."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert all(isinstance(entry, str) for entry in listed), "a pip section: count it here too"
    return {name: pinned for name, _, pinned in (entry.partition("=") for entry in listed)}


def test_pinned_versions_are_in_the_ranges():
    pinned = pins("requirements.txt")
    for name, allowed in ranges().items():
        assert version(pinned[name]) in allowed, name


def test_conda_has_the_same_set():
    pinned, other = pins("requirements.txt"), conda()
    assert {CONDA.get(name, name) for name in pinned} == set(other) - CONDA_ALONE
    for name, requirement in pinned.items():
        wanted, found = version(requirement), other[CONDA.get(name, name)]
        assert found == wanted or name == "isal" or (name == "torch" and wanted.startswith(f"{found}.")), name
    assert Version(other["python"]) in Requirement(f"python{PROJECT['project']['requires-python']}").specifier


def test_the_tests_run_with_what_is_pinned():
    from importlib import metadata

    for name, requirement in (pins("requirements.txt") | pins("requirements-test.txt")).items():
        if requirement.marker is None or requirement.marker.evaluate():
            assert Version(metadata.version(name)).public == version(requirement), f"{name}: run make test"


def test_oldest_versions_are_the_lower_bounds():
    oldest = {name: version(requirement) for name, requirement in pins(".ci/oldest.txt").items()}
    lower = {name: [s.version for s in allowed if s.operator == ">="] for name, allowed in ranges().items()}
    del lower["torch"], lower["isal"]  # chapters 1 to 9 are run with the oldest versions, and without extras
    assert {name: [found] for name, found in oldest.items()} == lower


def imports(source):
    """The packages that Python code imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names}


def test_every_import_of_a_package_is_required():
    """Code imports Python's own modules, its neighbours, and what is listed."""
    modules = {"pillow": "PIL", "ipython": "IPython", "PyYAML": "yaml", "beautifulsoup4": "bs4"}
    modules |= {"websocket-client": "websocket", "fonttools": "fontTools"}
    read = {modules.get(name, name) for name in pins("requirements.txt")}
    test = read | {modules.get(name, name).replace("-", "_") for name in pins("requirements-test.txt")}
    own = {path.stem for folder in ("tools", "tests", "data") for path in (ROOT / folder).glob("**/*.py")}
    look = {"packaging", "pip"}  # by tools/inside.py, where they are there
    own |= {"helpers", "authoring", "tools", "students"}
    for folder, listed in (("helpers", read), ("authoring", test), ("tests", test), ("tools", look)):
        for path in (ROOT / folder).glob("**/*.py"):
            extra = imports(path.read_text(encoding="utf-8")) - listed - own - set(sys.stdlib_module_names)
            assert not extra, f"{path.relative_to(ROOT)} imports {extra}, which no requirements file names"


def test_readers_need_no_more_than_requirements_txt_for_a_notebook():
    read = {{"pillow": "PIL", "ipython": "IPython"}.get(name, name) for name in pins("requirements.txt")}
    for path in (ROOT / "chapters").glob("**/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                extra = imports(cell.source) - read - {"helpers"} - set(sys.stdlib_module_names)
                assert not extra, f"{path.name} imports {extra}"


def test_every_package_of_helpers_is_installed():
    assert PROJECT["tool"]["setuptools"]["packages"]["find"] == {"include": ["helpers*"]}
    for folder in {path.parent for path in (ROOT / "helpers").glob("**/*.py")}:
        assert (folder / "__init__.py").exists(), f"{folder.name} is no package without an __init__.py"


def test_binder_builds_the_environment_and_installs_helpers():
    """repo2docker's own generator is asked; nothing is built."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    dockerfile = done.stdout
    python = conda()["python"]
    assert f"python={python}" in done.stderr  # the environment that it reports to build
    assert re.search(r'env update .* --file "environment\.yml"', dockerfile)
    assert "requirements.txt" not in dockerfile
    assert re.search(r"^RUN \./postBuild$", dockerfile, re.M)
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()  # would hide all of these
    assert "--editable ." in (ROOT / "postBuild").read_text(encoding="utf-8")


def test_codespaces_sets_the_book_up_by_the_readmes_command():
    """The forms are those of containers.dev's schema, which no package brings along."""
    settings = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert set(settings) == {"name", "image", "hostRequirements", "onCreateCommand", "customizations"}
    needs = settings["hostRequirements"]
    assert isinstance(needs.pop("cpus"), int) and set(needs) == {"memory", "storage"}
    assert all(re.fullmatch(r"\d+([tgmk]b)?", size) for size in needs.values())
    command = settings["onCreateCommand"].split()
    assert command[:2] == ["python3", "tools/book.py"] and command[2:] == ["setup"]
    assert all((ROOT / file).exists() for file in settings["customizations"]["codespaces"]["openFiles"])
    version = re.search(r"python:([\d.]+)-", settings["image"])[1]
    assert book.OLDEST <= tuple(map(int, version.split("."))) <= book.NEWEST


@pytest.mark.parametrize("script", ["postBuild", ".ci/run"])
def test_scripts_are_executable_and_parse(script):
    if os.name != "nt":
        assert os.access(ROOT / script, os.X_OK)
        subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.parametrize(
    "schema, file",
    [
        ("github-workflows", ".github/workflows/ci.yml"),
        ("github-workflows", ".github/workflows/links.yml"),
        ("github-workflows", ".github/workflows/site.yml"),
        ("dependabot", ".github/dependabot.yml"),
        ("citation-file-format", "CITATION.cff"),
    ],
)
def test_files_for_others_follow_their_schema(schema, file):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / file]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_workflow_tries_the_newest_python_and_files_that_exist():
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    matrix = yaml.safe_load(text)["jobs"]["notebooks"]["strategy"]["matrix"]["include"]
    assert ".".join(map(str, environment.TESTED[1])) in [row["python"] for row in matrix]
    for file in re.findall(r"(?:\.ci|tools)/[\w.]+", text):
        assert (ROOT / file).exists(), file


def test_readme_names_the_sizes_that_the_set_up_names():
    """What is fetched is said twice: before a reader starts, and when it is about to happen."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fetched, disk = environment.SIZES["reading"]
    assert fetched in readme and disk in readme
    more = int(environment.SIZES["testing"][0].split()[0]) - int(fetched.split()[0])
    assert f"{more} MB more" in readme


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "helpers/README.md", "data/README.md"])
def test_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\(([\w./-]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_versions_and_licences_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["project"]["version"]
    assert set(citation["license"]) == set(PROJECT["project"]["license"].split(" AND "))
    declared = environment.TESTED[0]
    assert PROJECT["project"]["requires-python"] == f">={declared[0]}.{declared[1]}"

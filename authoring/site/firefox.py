"""One smoke run of a page in Firefox, which Playwright cannot drive as Debian has it: by WebDriver BiDi."""

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading

import websocket

NAMES = ("firefox-esr", "firefox")
STARTS = 60  # seconds in which it must
MISSING = "no Firefox found: install it (Debian: apt install firefox-esr), or do without this run"
# The explorer steps, the quiz marks an answer, search finds a glossary entry, a formula is laid out.
TRIED = """(async () => {
  const until = async (found) => {
    for (let i = 0; i < 200 && !found(); i++) await new Promise((done) => setTimeout(done, 50));
    return found();
  };
  const wrong = [];
  const explorer = document.querySelector("[data-atlas]");
  if (explorer) {
    explorer.scrollIntoView();
    const named = () => [...explorer.querySelectorAll("button")].find((b) => b.textContent === "Step");
    const words = () => explorer.querySelector(".book-words").textContent;
    const button = await until(named), before = words();
    button?.click();
    if (!(await until(() => words() !== before))) wrong.push("no step");
    if (!explorer.querySelector("svg *")) wrong.push("no picture");
  }
  const question = document.querySelector(".book-quiz fieldset");
  question.querySelectorAll("input")[+question.dataset.right].click();
  question.querySelector("button").click();
  const said = question.querySelector(".book-said").textContent;
  if (!said.includes("Right.")) wrong.push("the quiz does not mark");
  document.querySelector(".book-find").click();
  const input = document.querySelector(".book-search input");
  input.value = "stride";
  input.dispatchEvent(new Event("input"));
  const first = await until(() => document.querySelector(".book-search li a"));
  if (!first?.href.includes("glossary.html#stride")) wrong.push(`search finds ${first?.href}`);
  if (!(document.querySelector("math").getBoundingClientRect().width > 10)) wrong.push("no formula");
  return wrong.join("; ");
})()"""


def find():
    return next(filter(None, map(shutil.which, NAMES)), None)


class Session:
    """A Firefox that is told what to do, and what its pages have said."""

    def __init__(self, address):
        self.socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=60)
        self.numbers, self.said = itertools.count(1), []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.page = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.said.append(answer["params"]["text"])
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]


@contextlib.contextmanager
def running():
    """A Firefox of its own, with a profile that goes with it."""
    with tempfile.TemporaryDirectory() as profile:
        command = [find(), "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile]
        env = os.environ | {"HOME": profile}
        process = subprocess.Popen(
            command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        started = threading.Timer(STARTS, process.kill)  # one that says nothing is not waited for
        started.start()
        try:
            said = (re.search(r"BiDi listening on (ws://\S+)", line) for line in process.stderr)
            address = next(filter(None, said), None)
            started.cancel()
            if address is None:
                raise RuntimeError("it does not start")
            yield Session(address[1])
        finally:
            started.cancel()
            process.terminate()
            process.wait(20)


def smoke(address):
    """What does not work on a chapter's page in Firefox, tried twice at most; empty if all does."""
    for _ in range(2):
        try:
            if not (said := _tried(address)):
                break
        except (OSError, RuntimeError, websocket.WebSocketException) as error:
            said = f"{type(error).__name__}: {error}"
    return said


def _tried(address):
    with running() as firefox:
        firefox.ask("browsingContext.navigate", context=firefox.page, url=address, wait="complete")
        done = firefox.ask(
            "script.evaluate", expression=TRIED, target={"context": firefox.page}, awaitPromise=True
        )
        if done["type"] != "success":
            return f"{done['exceptionDetails']['text']}"
        return "; ".join([done["result"]["value"], *firefox.said]).strip("; ")

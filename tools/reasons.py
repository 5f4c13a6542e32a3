"""What went wrong, in the reader's words: told from what pip, venv or the system itself said."""

import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AGAIN = "Then run the same command again: what was fetched is kept."
ANOTHER = "make clean, then make lab PYTHON=/path/to/python3"
PROXY = "Its address stands in the environment variable HTTPS_PROXY, in the form http://"


def full(said):
    venv = ROOT / ".venv"  # which may be a link to another disk
    places = venv if venv.is_dir() else ROOT, tempfile.gettempdir()
    rooms = [f"{shutil.disk_usage(place).free / 1e9:.1f} GB are free in {place}" for place in places]
    return (
        f"The disk is full, or your share of it: {', '.join(rooms)}. The second folder is only passed "
        "through; the environment variable TMPDIR names another."
    )


def locked(said):
    if os.name == "nt" and ".venv" in said:
        return "A file in .venv is in use: close JupyterLab and whatever else runs from there."
    return (
        "A file or folder cannot be written. If the book is not yours to change, copy its whole folder into "
        "one of your own and work there, or let its owner run `make setup` once."
    )


def clock(said):
    return (
        "The certificate of the package index is not valid today, and today this machine's clock says "
        f"{time.strftime('%d %B %Y, %H:%M')}. Set the clock if that is wrong."
    )


def offline(said):
    named = [name for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy") if name in os.environ]
    proxy = f" All goes through the proxy that {named[0]} names: does it answer?" if named else ""
    return f"The packages could not be fetched: is this machine connected to the network?{proxy}"


def none(said):
    name = re.search(r"No matching distribution found for (\S+)", said)[1]
    version, bits = "{}.{}".format(*sys.version_info[:2]), 64 if sys.maxsize > 2**32 else 32
    return (
        f"There is no {name} for Python {version} ({bits} bits) on {sys.platform}, or the package index "
        "refused to give it (its address: pip config list).\n"
        f"The book is tested on Python 3.11 to 3.13, 64 bits. Another Python: {ANOTHER}"
    )


# Kinds of words -> what they mean. The first that is found counts: later ones follow from it.
OF_THE_DISK = {
    r"No space left|Errno 28\b|not enough space on the disk|WinError 112|quota exceeded|Errno 122\b": full,
    r"Long Path support|enable-long-paths|WinError 206": (
        "Windows refuses paths of 260 characters and more. Move the book to a folder with a shorter path, "
        r"such as C:\book, or allow long paths: https://pip.pypa.io/warnings/enable-long-paths"
    ),
    r"Read-only file system|Permission denied|Access is denied|Errno (13|30)\b|WinError (5|32)\b": locked,
}
OF_WHAT_COMES = {
    r"No module named .?ensurepip|ensurepip is (not available|disabled)": (
        "This Python cannot make virtual environments: a part of it (ensurepip) is packed apart.\n"
        f"Debian, Ubuntu: sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    ),
    r"ssl module (in Python )?is not available": (
        f"This Python was built without ssl, so it can fetch nothing. Another one: {ANOTHER}"
    ),
    r"certificate (is not yet valid|has expired|is expired)": clock,
    r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|certificate verify failed|CA certificate bundle": (
        "The certificate of the package index was not accepted. Schools, firms and virus scanners often open "
        "connections and sign them themselves: ask there for their certificate, a .pem file, and name its "
        "path in the environment variable PIP_CERT."
    ),
    r"\b407 Proxy": f"The proxy asks for a name and a password. {PROXY}name:password@host:port.",
    r"SOCKS support": f"pip cannot use a SOCKS proxy by itself; is there one for HTTP? {PROXY}host:port.",
    r"WRONG_VERSION_NUMBER|only use HTTP\b": (
        "Plain HTTP came back where HTTPS was asked. A proxy's address mostly begins with http, without s, "
        f"whatever goes through it. {PROXY}host:port."
    ),
    r"connect to proxy|ProxyError": f"The proxy does not answer. {PROXY}host:port.",
    r"DO NOT MATCH THE HASHES": (
        "What arrived is not what the index announced: cut off, or changed on the way. "
        "Once more, without the copy that was kept: PIP_NO_CACHE_DIR=1 make lab"
    ),
    r"ResolutionImpossible": (
        "A constraint in pip's own settings allows other versions only; `pip config list` shows it."
    ),
    r"connection broken|NewConnectionError|NameResolution|ConnectTimeout|ReadTimeout|Read timed out"
    r"|Network is unreachable|ConnectionError|ConnectionReset|Could not fetch URL|SSLError": offline,
    r"No matching distribution found for": none,
}


def explain(said):
    """Return what happened and what to do, or None where the words are of no known kind."""
    for words, sentence in {**OF_THE_DISK, **OF_WHAT_COMES}.items():
        if re.search(words, said, re.I):
            return sentence(said) if callable(sentence) else sentence
    return None


def of_the_disk(said):
    """Return whether these words are about this machine's disk: another source of packages would not help."""
    return any(re.search(words, said, re.I) for words in OF_THE_DISK)

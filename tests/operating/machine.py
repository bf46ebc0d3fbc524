"""A machine in a folder, for the page that says how to install: what would change this machine is done in the folder instead.

``equip`` puts commands of these names in front of the system's. Users and packages are taken to be there; services are started by what their unit
says; nginx is Debian's, on ports of the test's own; Python's environments find the packages of the suite, so that nothing is downloaded.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

from tests.operating.installation import ROOT, until
from tests.operating.proxy import HOST, MAIN, NGINX, listen_at

COMMANDS = ("apt-get", "chown", "nginx", "python3", "runuser", "systemctl", "useradd", "usermod")


def equip(folder: Path, postgres: Path, tls: int, plain: int) -> dict[str, str]:
    """Make the commands; return the environment in which the page is followed."""
    for name in ("bin", "units", "proxy", "running"):
        (folder / name).mkdir()
    for name in COMMANDS:
        shim = folder / "bin" / name
        shim.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.operating.machine {name} "$@"\n'
        )
        shim.chmod(0o755)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, included="listening.conf"))
    # What a name server and an authority would do for the reader.
    (folder / ".curlrc").write_text(f'connect-to = "{HOST}:443:127.0.0.1:{tls}"\n')
    return {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}:/usr/sbin",
        "HOME": str(folder),
        "CURL_HOME": str(folder),
        "MACHINE": str(folder),
        "MACHINE_NGINX": str(NGINX),  # found by a shim, it would be the shim
        "MACHINE_PORTS": f"{tls} {plain}",
        "PGHOST": str(postgres),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def switch_off(folder: Path) -> None:
    """End what was started."""
    for one in sorted((folder / "running").iterdir()):
        with suppress(ProcessLookupError):
            os.killpg(int(one.read_text()), signal.SIGTERM)


def main(name: str, arguments: list[str]) -> int:
    """Be one of the commands; return its exit code."""
    folder = Path(os.environ["MACHINE"])
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    match name:
        case "useradd":
            Path(arguments[arguments.index("--home-dir") + 1]).mkdir(parents=True)
        case "runuser":
            user, command = arguments[1], arguments[arguments.index("--") + 1 :]
            return subprocess.call(command, env={**environment, "PGUSER": user})
        case "python3":
            return _python(environment, *arguments)
        case "nginx":
            return subprocess.call(_nginx(folder, *arguments))
        case "systemctl":
            return _systemctl(folder, *arguments)
    return 0


def _python(environment: dict[str, str], *arguments: str) -> int:
    """Make an environment whose pip finds all that it is asked for where the suite has it, and what the index would have brought along."""
    made = Path(arguments[-1])
    code = subprocess.call([sys.executable, "-m", "venv", "--without-pip", str(made)], env=environment)
    for site in made.glob("lib/python*/site-packages"):
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for name, module in (("pip", "pip"), ("gunicorn", "gunicorn")):
        script = made / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {made}/bin/python -m {module} "$@"\n')
        script.chmod(0o755)
    return code


def _nginx(folder: Path, *arguments: str) -> list[str]:
    tls, plain = map(int, os.environ["MACHINE_PORTS"].split())
    placed = (folder / "proxy" / "takedowns.conf").read_text()
    (folder / "listening.conf").write_text(listen_at(placed, folder, tls, plain))
    return [os.environ["MACHINE_NGINX"], "-c", str(folder / "nginx.conf"), "-p", str(folder), *arguments]


def _systemctl(folder: Path, verb: str, *names: str) -> int:
    if (verb, *names) == ("reload", "nginx"):
        _begin(folder, "nginx", _nginx(folder), {})
    for name in names if verb in ("enable", "start") else ():
        unit = folder / "units" / f"{name}.service"
        if not unit.exists():
            # Of the others, which start nothing by themselves now, it matters that they are there.
            assert name == "--now" or (folder / "units" / name).exists(), name
        elif code := _start(folder, name, unit.read_text()):
            return code
    return 0


def _start(folder: Path, name: str, unit: str) -> int:
    [line] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    for file in re.findall(r"^EnvironmentFile=(.*)$", unit, re.MULTILINE):
        lines = Path(file).read_text().splitlines()
        environment |= dict(one.split("=", 1) for one in lines if one and not one.startswith("#"))
    if "Type=oneshot" in unit:
        return subprocess.call(shlex.split(line), env=environment, cwd="/")
    # One process of the web is enough for one reader.
    command = shlex.split(line.replace("--workers 4", "--workers 1"))
    sockets = [Path(one.removeprefix("unix:")) for one in command if one.startswith("unix:")]
    for socket in sockets:
        socket.parent.mkdir()
    _begin(folder, name, command, environment)
    for socket in sockets:
        until(socket.exists)
    return 0


def _begin(folder: Path, name: str, command: list[str], environment: dict[str, str]) -> None:
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, cwd="/", stdout=log, stderr=log, start_new_session=True
        )
    (folder / "running" / name).write_text(str(process.pid))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

#!/bin/sh
# Make a virtual environment with exactly the locked dependencies: setup-venv.sh PYTHON VENV REQUIREMENTS
set -eu
python=$1 venv=$2 requirements=$3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Takedowns needs Python 3.11 or later; '$python' is $("$python" --version 2>&1)." >&2
    echo "Install a newer one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
    exit 1
}
[ -x "$venv/bin/python" ] || {
    echo "Setting up $venv (once) ..."
    # Debian splits ensurepip off into python3-venv; without it, the system's pip can serve the new environment.
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv "$venv"
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip "$venv"
    else
        echo "This Python has neither ensurepip nor pip. On Debian: apt-get install python3-venv" >&2
        exit 1
    fi
}
if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    pip="$venv/bin/python -m pip"
else
    pip="$python -m pip --python $venv/bin/python"
fi
echo "Installing the locked dependencies ..."
$pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$requirements"

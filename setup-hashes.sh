#!/bin/sh
# Build what makes and reads hashes of pictures into a virtual environment: setup-hashes.sh PYTHON VENV REQUIREMENTS
# It comes without wheels. Where this machine cannot build, it says what is missing and ends with 1.
set -eu
python=$1 venv=$2 requirements=$3

refuse() {
    echo "Hashes of pictures are not tested here: pdqhash comes without a wheel, and $1." >&2
    echo "On Debian: apt-get install g++ python3-dev; then the same command again." >&2
    exit 1
}
command -v "${CXX:-c++}" >/dev/null || refuse "there is no C++ compiler"
"$venv/bin/python" -c 'import pathlib, sys, sysconfig; sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' \
    || refuse "this Python's headers are not here"

if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    pip="$venv/bin/python -m pip"
else
    pip="$python -m pip --python $venv/bin/python"
fi
echo "Building what makes hashes of pictures (once) ..."
# With the environment's own locked tools, not with whatever is newest; the rest as wheels.
$pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation \
    --only-binary :all: --no-binary pdqhash,weighted-levenshtein -r "$requirements" || refuse "it could not be built (see above)"

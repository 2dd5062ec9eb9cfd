#!/bin/sh
# Makes .venv from the locked files, or does nothing when it is there already. Called by `make setup`, from the top folder.
#
# $1: the Python to make it with (3.11, 3.12 or 3.13).   $2: "chosen" when someone named that Python, else "default".
#
# .venv/ready says what .venv was made from, and where. New locks are installed over old ones. A .venv that was moved, is
# broken, or has another Python than the one chosen is made anew.
set -eu

series() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none; }
sorry() { echo "$*" >&2; exit 1; }

here=$(pwd)
locks=$(cat pyproject.toml requirements/uv.txt requirements/dev.txt | cksum)
ready=$(cat .venv/ready 2>/dev/null || true)
[ "$ready" = "$locks in $here" ] && [ "$2" = default ] && [ -x .venv/bin/python ] && exit 0

existing=$(series .venv/bin/python)
wanted=$existing
[ "$2" = default ] || wanted=$(series "$1")

if [ "$existing" = none ] || [ "$existing" != "$wanted" ] || [ "${ready#* in }" != "$here" ]; then
    case $(series "$1") in
        3.11 | 3.12 | 3.13) ;;
        none) sorry "coprod needs Python 3.11, 3.12 or 3.13, and there is no '$1' here. Name one: make setup PYTHON=python3.12" ;;
        *) sorry "coprod needs Python 3.11, 3.12 or 3.13; '$1' is $("$1" --version 2>&1). Name another: make setup PYTHON=python3.12" ;;
    esac
    echo "Making .venv with $("$1" --version). The first time takes a minute or two."
    "$1" -m venv --clear .venv ||
        sorry "This Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"
elif [ "$ready" = "$locks in $here" ]; then
    exit 0
else
    echo "Bringing .venv up to the locked versions."
fi

.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode -r requirements/dev.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
echo "$locks in $here" > .venv/ready
echo "Ready. Try: make run"

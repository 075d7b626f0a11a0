#!/usr/bin/env bash
# Put the Python side in place: .venv, then exactly what the locks name, then our two packages.
#   scripts/install-python.sh run|dev
# Every file is checked against the locks' hashes. A mirror is used when one is set, for pip or for uv, by
# environment (PIP_INDEX_URL, UV_DEFAULT_INDEX) or by `pip config set global.index-url`.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf '%s\n' "$*" >&2; exit 1; }

usable() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.12 python3.13 python3.11}; do
        if usable "$candidate"; then printf '%s' "$candidate"; return; fi
    done
    local found
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo none)
    die "Python 3.11, 3.12 or 3.13 is needed (found: $found); install it, or name it: make up PYTHON=/path/to/python3.12"
}

make_venv() {
    local python free_mb
    free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge 1500 ] || die "The disk of $PWD has $free_mb MB free; installing needs 1500 MB. Free some space and run it again."
    python=$(find_python)
    "$python" -m venv --clear .venv >.venv.log 2>&1 || {
        if grep -q ensurepip .venv.log; then
            rm -rf .venv .venv.log
            die "Python's venv module is not complete here; on Debian and Ubuntu: sudo apt-get install python3-venv, then run it again."
        fi
        cat .venv.log >&2; rm -rf .venv .venv.log; exit 1
    }
    rm -f .venv.log
}

kind=$1
locks=(requirements.lock requirements-build.lock)
if [ "$kind" = dev ] || [ -e .venv/.installed-dev ]; then locks+=(requirements-dev.lock); fi

usable .venv/bin/python || make_venv

index=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-}}}
if [ -z "$index" ] && [ -x .venv/bin/pip ]; then index=$(.venv/bin/pip config get global.index-url 2>/dev/null || true); fi
if [ -n "$index" ]; then export PIP_INDEX_URL=$index UV_DEFAULT_INDEX=$index; unset UV_INDEX_URL; fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV=$PWD/.venv
# The cache often lies on another file system than the project; uv then copies, which is no cause for a warning.
export UV_LINK_MODE=${UV_LINK_MODE:-$([ "$(stat -c %d .)" = "$(stat -c %d "$HOME" 2>/dev/null)" ] && echo hardlink || echo copy)}

uv_pinned=$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements-build.lock)
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv_pinned" ]; then
    echo "Installing uv $uv_pinned into .venv …"
    .venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements-build.lock
fi

echo "Installing the Python packages of ${locks[*]} …"
.venv/bin/uv pip sync --quiet --require-hashes "${locks[@]}"
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e backend -e worker

touch .venv/.installed-run
if [ -e .venv/.installed-dev ] || [ "$kind" = dev ]; then touch .venv/.installed-dev; fi

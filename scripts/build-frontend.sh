#!/usr/bin/env bash
# Put the page in place; does nothing when its sources are those of the last build.
#   scripts/build-frontend.sh deps|build
# npm's registry setting is honoured (npm config set registry …, or npm_config_registry in the environment).
set -euo pipefail
cd "$(dirname "$0")/../frontend"

die() { printf '%s\n' "$*" >&2; exit 1; }

# By content and not by time: a checkout gives every file a new time.
digest() { (for path in "$@"; do find "$path" -type f; done | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum) | sha256sum | cut -d' ' -f1; }

need_node() {
    local version
    version=$(node --version 2>/dev/null || true)
    [ -n "$version" ] || die "Node.js 20 or newer is needed to build the page, and there is none; install it (nodejs.org, or your system's package nodejs) and run it again."
    [ "$(printf '%s' "${version#v}" | cut -d. -f1)" -ge 20 ] || die "Node.js 20 or newer is needed to build the page (found $version at $(command -v node)); install a newer one and run it again."
    command -v npm >/dev/null || die "npm is needed to build the page, and there is none beside node $version; install it and run it again."
}

deps() {
    local wanted
    wanted=$(digest package.json package-lock.json)
    [ "$(cat node_modules/.installed 2>/dev/null)" = "$wanted" ] && return
    need_node
    echo "Installing the page's packages …"
    npm ci --no-audit --no-fund --loglevel=error
    printf '%s\n' "$wanted" >node_modules/.installed
}

build() {
    local wanted
    wanted=$(digest src public index.html package.json package-lock.json tsconfig*.json vite.config.ts)
    [ "$(cat dist/.built 2>/dev/null)" = "$wanted" ] && return
    need_node
    deps
    echo "Building the page …"
    npm run --silent build -- --logLevel warn
    node ../scripts/compress.mjs dist
    printf '%s\n' "$wanted" >dist/.built
}

"$1"

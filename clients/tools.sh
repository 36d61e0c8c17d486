# What the scripts beside this one run: Python's and Node's packages, pinned, outside the clone.
# Sourced; sets `python`, `python_bin` and `node_modules`.

tools=${TRUNKLINE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/trunkline/clients}

# The directory for what this file pins; another one where the file changed.
tools_for() {
    printf '%s/%s-%s' "$tools" "$1" "$(sha256sum "$2" | cut -c1-16)"
}

# Makes a directory by a command that gets its name; a half-made one is never taken for whole.
made_once() {
    local directory=$1
    shift
    [[ -f $directory/.whole ]] && return
    rm -rf "$directory"
    mkdir -p "$directory"
    "$@" "$directory" >"$directory/.log" 2>&1 || {
        tail -n 20 "$directory/.log" >&2
        printf 'error: cannot set up %s\n' "$directory" >&2
        exit 1
    }
    touch "$directory/.whole"
}

make_python() {
    python3 -m venv "$1/venv"
    "$1/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        --requirement clients/python/requirements.txt
}

make_node() {
    cp clients/typescript/package.json clients/typescript/package-lock.json "$1/"
    (cd "$1" && npm ci --no-audit --no-fund --ignore-scripts)
}

python_tools() {
    local directory
    directory=$(tools_for python clients/python/requirements.txt)
    made_once "$directory" make_python
    python_bin=$directory/venv/bin
    python=$python_bin/python
}

node_tools() {
    local directory
    directory=$(tools_for node clients/typescript/package-lock.json)
    made_once "$directory" make_node
    node_modules=$directory/node_modules
}

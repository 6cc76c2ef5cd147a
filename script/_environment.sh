# Read by the other scripts: where the project is, how its environments are made.
# shellcheck shell=bash
set -euo pipefail
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV # Django starts slowly without bytecode
export UV_NO_PROGRESS=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '==> %s\n' "$*" >&2; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# apt_install PACKAGE...: install Debian packages, or say the one command that would.
apt_install() {
  command -v apt-get >/dev/null || fail "this system has no apt-get; install these by hand: $*"
  is_root || fail "run this once, then try again: sudo apt-get install -y $*"
  say "installing $* from the system's packages"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
  }
}

# find_python: print the path of a Python of at least 3.11.
find_python() {
  local name
  for name in ${EBBTIDE_PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$name" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  fail "Python 3.11 or newer is needed and was not found; install it, or name it in EBBTIDE_PYTHON"
}

# ensure_environment FOLDER: a virtual environment with uv in it.
ensure_environment() {
  local folder=$1 python
  # An environment holds its own path: after a move it is made again.
  if [ -f "$folder/.ebbtide-root" ] && [ "$(cat "$folder/.ebbtide-root")" != "$root" ]; then
    rm -rf "$folder"
  fi
  if ! "$folder/bin/python" -c '' 2>/dev/null; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
      apt_install "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    say "making $folder with $("$python" --version)"
    rm -rf "$folder"
    "$python" -m venv "$folder"
    printf '%s' "$root" >"$folder/.ebbtide-root"
  fi
  if ! is_installed "$folder" build; then
    "$folder/bin/python" -m pip --version >/dev/null 2>&1 || "$folder/bin/python" -m ensurepip >/dev/null
    "$folder/bin/python" -m pip install -qq --require-hashes -r requirements/build.txt
    # Where uv has no build for this machine pip does its work, only slower.
    "$folder/bin/python" -m pip install -qq --require-hashes -r requirements/uv.txt 2>/dev/null || true
    stamp build >"$folder/.ebbtide-build"
  fi
}

# stamp NAME: what requirements/NAME.txt and pyproject.toml ask for, here, as one hash.
stamp() { { cat "requirements/$1.txt" pyproject.toml && printf '%s' "$root"; } | sha256sum; }

# is_installed FOLDER NAME
is_installed() { [ "$(cat "$1/.ebbtide-$2" 2>/dev/null)" = "$(stamp "$2")" ]; }

# install FOLDER NAME...: the locked requirements/NAME.txt and this project itself. Each leaves a
# stamp, so that a second run does nothing.
install() {
  local folder=$1 name
  shift
  for name in "$@"; do
    is_installed "$folder" "$name" && continue
    ensure_environment "$folder"
    say "installing requirements/$name.txt into $folder"
    pip_install "$folder" --require-hashes -r "requirements/$name.txt"
    pip_install "$folder" --no-deps --no-build-isolation --editable .
    stamp "$name" >"$folder/.ebbtide-$name"
  done
}

# pip_install FOLDER ARGUMENT...: by uv, or by pip where uv cannot be had.
pip_install() {
  local folder=$1
  shift
  if [ -x "$folder/bin/uv" ]; then
    "$folder/bin/uv" pip install --quiet --no-config --python "$folder/bin/python" "$@"
  else
    "$folder/bin/python" -m pip install -qq "$@"
  fi
}

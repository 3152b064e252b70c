# Sourced by the scripts. Goes to the checkout and gives `use_venv`, which makes .venv there when it is missing or
# out of date. POSIX sh; nothing outside of the checkout is touched, except that root installs Debian's python3-venv.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
venv=$root/.venv

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# Install Debian packages; the lists may be old or missing, so they are fetched anew when it fails.
apt_install() {
    for attempt in 1 2; do
        [ "$attempt" = 1 ] || apt-get update -qq >/dev/null 2>&1
        if DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1; then
            return 0
        fi
    done
    printf 'apt-get could not install: %s\n' "$*" >&2
    return 1
}

# The first of the machine's Pythons that is new enough and passes a further test.
find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.11 python3.12 python3.13 python3.14 /usr/bin/python3 python; do
        if "$candidate" -c "import sys; assert sys.version_info >= (3, 11); $1" >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# A Python that can make virtual environments; Debian keeps that in a package of its own.
venv_python() {
    find_python 'import ensurepip, venv' && return 0
    hint='Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3 python3-venv)'
    command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || die "$hint"
    apt_install python3 python3-venv || die "$hint"
    find_python 'import ensurepip, venv' || die "$hint"
}

# use_venv [dev]: make or update .venv with what the package needs, or with the tools of its developers too.
# The mark holds what the environment was made from, so an unchanged one costs nothing.
use_venv() {
    kind=${1:-run}
    wanted=$(printf '%s %s' "$root" "$(cksum <pyproject.toml)")
    if [ -x "$venv/bin/python" ] && grep -qsxF "$wanted" "$venv/made-for-$kind" "$venv/made-for-dev"; then
        return 0
    fi
    mkdir -p "$venv"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$venv/lock"
        flock 9
    fi
    if ! grep -qsxF "$wanted" "$venv/made-for-$kind"; then
        make_venv "$kind"
        printf '%s\n' "$wanted" >"$venv/made-for-$kind"
    fi
    exec 9>&-
}

make_venv() {
    printf 'Setting up .venv (%s) ...\n' "$1" >&2
    if ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
        python=$(venv_python) || exit 1
        "$python" -m venv --clear "$venv" || die "$python cannot make a virtual environment"
    fi
    : >"$venv/requirements.txt"
    [ "$1" = run ] || "$venv/bin/python" - >"$venv/requirements.txt" <<'PYTHON'
import tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["dependency-groups"]["dev"], sep="\n")
PYTHON
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable . \
        --requirement "$venv/requirements.txt" >&2 || die 'pip could not install the packages that pyproject.toml names'
}

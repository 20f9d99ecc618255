#!/usr/bin/env bash
# The plugin's tests in another QGIS than this machine's: a Debian of its own in .matrix/, with its QGIS, its Python and
# a worker environment made from this working tree. The first run takes minutes and 4 GB; later runs only the tests.
#
#   tests/matrix.sh [--suite trixie] [pytest's arguments]   bookworm has QGIS 3.22, trixie 3.40, sid 3.44
#   tests/matrix.sh --clean                                 remove what was made
#
# Needs Debian or Ubuntu, root and debootstrap. MMEARTH_DEBIAN_MIRROR names another mirror.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { echo "tests/matrix.sh: $*" >&2; exit 1; }

{ # read as a whole before it runs, so that the script may be edited meanwhile
suite=trixie
case "${1:-}" in
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
  --clean) exec rm -rf --one-file-system .matrix ;;
  --suite) suite="${2:-}"; shift 2 || fail "--suite needs the name of a Debian release, such as trixie" ;;
esac
[[ "$suite" =~ ^[a-z]+$ ]] || fail "'$suite' is not the name of a Debian release, such as trixie"

[ "$(id -u)" -eq 0 ] || fail "making a Debian of its own needs root; run: sudo tests/matrix.sh"
command -v debootstrap >/dev/null || fail "debootstrap is missing; run: apt-get install debootstrap"

# All mounts are made in a namespace of this script: they end with it, however it ends, and no other process sees them.
if [ "${MMEARTH_MATRIX_INSIDE:-}" != "$$" ]; then
  export MMEARTH_MATRIX_INSIDE="$$"
  exec unshare --mount --propagation private -- "${BASH_SOURCE[0]}" --suite "$suite" "$@"
fi

mirror="${MMEARTH_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
root="$PWD/.matrix/$suite"
log="$PWD/.matrix/$suite.log"
mounted=()
leave() {
  local status=$?
  for ((at = ${#mounted[@]} - 1; at >= 0; at--)); do umount --lazy "${mounted[at]}" 2>/dev/null || true; done
  [ "$status" -eq 0 ] || [ -n "${outcome:-}" ] || echo "tests/matrix.sh: ended with status $status; what was installed is in $log" >&2
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$root"
exec 9>"$PWD/.matrix/$suite.lock"
flock --nonblock 9 || { echo "== waiting for another run in $root"; flock 9; }
: >"$log"
if [ ! -e "$root/.debian" ]; then
  echo "== Debian $suite into $root"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror" >>"$log" 2>&1 \
    || fail "debootstrap could not make Debian $suite: $(tail -n 1 "$log")"
  touch "$root/.debian"
fi

bind() { mount "$@"; mounted+=("${*: -1}"); }
bind -t proc proc "$root/proc"
bind -t sysfs -o ro sysfs "$root/sys"
bind -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  bind --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm"
bind -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"

# Certificates and name servers are those of this machine, which may stand behind a proxy.
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
cp --dereference /etc/hosts "$root/etc/hosts"
certificates="${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}"
[ ! -f "$certificates" ] || cp --dereference "$certificates" "$root/etc/ssl/certs/matrix.crt"

inside() {
  local kept=()
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL OPENBLAS_CORETYPE; do
    [ -z "${!name:-}" ] || kept+=("$name=${!name}")
  done
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PIP_CERT=/etc/ssl/certs/matrix.crt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_DEFAULT_TIMEOUT=180 QT_QPA_PLATFORM=offscreen \
    MMEARTH_PYTHON=/worker/bin/python MMEARTH_REQUIRE_QGIS=1 MMEARTH_REALDATA=/realdata "${kept[@]}" "$@" 9>&-
}

if [ ! -e "$root/.qgis" ]; then
  echo "== QGIS of Debian $suite"
  # A mirror may be a snapshot, whose releases of sid have run out.
  { inside apt-get update -qq -o Acquire::Check-Valid-Until=false && inside apt-get install -y -qq --no-install-recommends qgis python3-qgis python3-venv; } \
    >>"$log" 2>&1 || fail "QGIS could not be installed: $(tail -n 1 "$log")"
  inside apt-get clean
  touch "$root/.qgis"
fi

# The working tree as it is, without what git ignores.
rm -rf "${root:?}/source"
mkdir -p "$root/source" "$root/realdata"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  [ ! -e "$file" ] || printf '%s\0' "$file"
done | tar --create --null --no-recursion --files-from=- | tar --extract --no-same-owner --directory "$root/source"
realdata="$(realpath -m "${MMEARTH_REALDATA:-../shared/data}")"
[ ! -d "$realdata" ] || bind --bind "$realdata" "$root/realdata"
[ -d "$realdata" ] || rmdir "$root/realdata"

echo "== environments of the tests and of the worker"
{
  [ -x "$root/tests/bin/python" ] || inside python3 -m venv --system-site-packages /tests
  [ -x "$root/worker/bin/python" ] || inside python3 -m venv /worker
  inside /tests/bin/pip install --quiet pytest 'pytest-qgis>=5,<6'
  rm -f "$root"/wheels/*.whl
  inside /worker/bin/pip wheel --quiet --no-deps --wheel-dir /wheels /source
  inside sh -c '/worker/bin/pip install --quiet /wheels/*.whl &&
    /worker/bin/pip install --quiet --force-reinstall --no-deps /wheels/*.whl'
} >>"$log" 2>&1 || fail "the environments could not be made: $(tail -n 1 "$log")"

version="$(inside /tests/bin/python -c 'from qgis.core import Qgis; print(Qgis.QGIS_VERSION)')"
echo "== plugin tests in QGIS $version, Python $(inside python3 -c 'import platform; print(platform.python_version())')"
outcome=0
inside /bin/sh -c 'cd /source && exec /tests/bin/python -m pytest -p no:cacheprovider -rfEs "$@"' pytest \
  "${@:-tests/plugin}" || outcome=$?
exit "$outcome"
}

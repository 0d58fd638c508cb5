#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command the way a stranger would: in a bare Debian that has nothing installed, in a clone of what is committed.
#   scripts/fresh_root.sh [--user] [--keep FOLDER | --in FOLDER] bookworm|trixie 'COMMAND'
#     --user         as an ordinary user who may use sudo, instead of as root
#     --keep FOLDER  keeps the system in FOLDER afterwards, whatever the command's result
#     --in FOLDER    runs in a system that --keep left, instead of in a new one
# Needs root and debootstrap (scripts/setup.sh --ci). The exit code is the command's; 2: usage, 3: cannot be done here.
# A bare system of each release is kept as an archive in IRC_ROOT_CACHE (/var/cache/ircsim), so only the first call
# downloads it. Variables whose names start with IRC_ are handed to the command.
set -euo pipefail

fail() {
  echo "fresh_root.sh: $1" >&2
  exit "$2"
}

user=0 keep="" inside=""
while [ $# -gt 0 ]; do
  case "$1" in
    --user) user=1; shift ;;
    --keep | --in)
      [ $# -ge 2 ] || fail "$1 needs a folder" 2
      if [ "$1" = --keep ]; then keep=$2; else inside=$2; fi
      shift 2
      ;;
    -*) fail "unknown option '$1'; expected --user, --keep or --in" 2 ;;
    *) break ;;
  esac
done
[ $# -eq 2 ] || fail "expected a release and a command" 2
release=$1 command=$2
case "$release" in bookworm | trixie) ;; *) fail "unknown release '$release'; expected bookworm or trixie" 2 ;; esac
[ "$(id -u)" -eq 0 ] || fail "making a system needs root" 3
PATH=$PATH:/usr/sbin:/sbin
command -v debootstrap >/dev/null || fail "debootstrap is not installed (scripts/setup.sh --ci)" 3
project=$(cd "$(dirname "$0")/.." && pwd)
[ -z "$inside" ] || [ -d "$inside" ] || fail "there is no folder $inside" 2

# The package mirror of this machine, in either form that apt writes.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  grep -oE '(https?|file):[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ') || true
mirror=${mirror:-http://deb.debian.org/debian}

# Makes a new system in the folder $1: the release, its package sources, and a clone of the project in /stranger.
make_root() {
  local cache=${IRC_ROOT_CACHE:-/var/cache/ircsim} archive made
  archive=$cache/$release.tar
  if [ ! -s "$archive" ]; then
    mkdir -p "$cache"
    made=$(mktemp -d)
    if ! debootstrap --variant=minbase "$release" "$made" "$mirror" >"$made.log" 2>&1; then
      tail -n 5 "$made.log" >&2
      rm -rf "$made" "$made.log"
      fail "debootstrap failed" 3
    fi
    tar -C "$made" -cf "$archive.$$" .
    mv "$archive.$$" "$archive"
    rm -rf "$made" "$made.log"
  fi
  tar -C "$1" -xf "$archive"
  chmod 755 "$1"
  echo "127.0.0.1 localhost $(uname -n)" >"$1/etc/hosts"
  cp /etc/resolv.conf "$1/etc/resolv.conf" 2>/dev/null || true
  cp /etc/apt/apt.conf.d/*proxy* "$1/etc/apt/apt.conf.d/" 2>/dev/null || true
  cp /etc/apt/apt.conf "$1/etc/apt/" 2>/dev/null || true
  # Nobody needs these files after a power failure.
  echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/unsafe-io"
  printf 'deb %s %s main\ndeb %s %s-updates main\n' "$mirror" "$release" "$mirror" "$release" >"$1/etc/apt/sources.list"
  git clone -q --no-hardlinks "$project" "$1/stranger"
}

root=$inside
if [ -z "$root" ]; then
  root=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh-root.XXXXXX")
  make_root "$root"
fi
finish() {
  if [ -n "$inside" ]; then
    :
  elif [ -n "$keep" ]; then
    rm -rf "$keep"
    mv "$root" "$keep"
  else
    rm -rf "$root"
  fi
}
trap finish EXIT

# What runs inside. git and certificates are there because they brought the clone.
settings=""
for name in $(compgen -e | grep '^IRC_' || true); do
  settings="$settings $name=$(printf %q "${!name}")"
done
{
  echo 'set -e; export DEBIAN_FRONTEND=noninteractive HOME=/root LANG=C.UTF-8'
  echo 'apt-get update -q >/dev/null; apt-get install -y -q --no-install-recommends git ca-certificates >/dev/null'
  if [ "$user" = 1 ]; then
    echo 'apt-get install -y -q --no-install-recommends sudo >/dev/null; id stranger >/dev/null 2>&1 || useradd -m stranger'
    echo 'echo "stranger ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/stranger; chown -R stranger /stranger'
    printf 'cd /stranger; exec sudo -u stranger -H env LANG=C.UTF-8%s bash -c %q\n' "$settings" "$command"
  else
    echo 'git config --global --add safe.directory /stranger'
    printf 'cd /stranger; exec env%s bash -c %q\n' "$settings" "$command"
  fi
} >"$root/stranger.sh"

# A mount namespace and a process namespace of its own: when the command ends, nothing stays mounted or running.
status=0
unshare --mount --fork --pid --kill-child bash -c '
  mount --make-rprivate /
  mount --bind "$0" "$0"  # a mount point, as a root folder is on a real machine
  mount -t proc proc "$0/proc"
  mount --rbind /dev "$0/dev"
  mount --rbind /sys "$0/sys"
  exec chroot "$0" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb bash /stranger.sh
' "$root" || status=$?
exit $status

"""Fakes of apk and opkg, which Debian does not have: scripts that keep lists and do with them what the manuals say.

They are told ``NAME VERSION`` by ``offer``; lists have to be fetched, and what is removed has to be there.
"""

from __future__ import annotations

from tests.lab import Host

_FOLDER = "var/lib/fake"
_COMMON = """#!/bin/sh
cd /var/lib/fake || exit 99
newest() { awk -v n="$1" '$1 == n { v = $2 } END { if (v == "") exit 1; print v }' lists; }
offers() { grep -Fqx "$1 $2" lists; }
version() { awk -v n="$1" '$1 == n { print $2 }' installed; }
forget() { awk -v n="$1" '$1 != n' installed >new; mv new installed; }
keep() { forget "$1"; echo "$1 $2" >>installed; }
"""
_APK = (
    _COMMON
    + r"""
world=/etc/apk/world
bare() { echo "$1" | sed 's/[@<>=~].*//'; }
ask() { awk -v n="$(bare "$1")" '{ w = $0; sub(/[@<>=~].*/, "", w); if (w != n) print }' $world >new; mv new $world; }
verb=$1; shift
for word; do case $word in -*) [ "$verb $word" = "upgrade --simulate" ] || [ "$verb $word" = "list --installed" ] ||
  [ "$word" = --available ] || { echo "apk: unrecognized option: $word" >&2; exit 1; };; esac; done
case $verb in
list) while read -r n v; do echo "$n-$v x86_64 {$n} (MIT) [installed]"; done <installed;;
update) cp available lists; echo "OK: $(wc -l <lists) distinct packages available";;
add)
  for text; do n=$(bare "$text"); v=$(newest "$n")
    case $text in *=*) v=${text#*=}; offers "$n" "$v";; *) [ -n "$v" ];; esac ||
      { echo "ERROR: unable to select packages:" >&2; echo "  $text (no such package)" >&2; exit 1; }; done
  for text; do n=$(bare "$text"); v=$(newest "$n"); case $text in *=*) v=${text#*=};; esac
    ask "$text"; echo "$text" >>$world; echo "(1/1) Installing $n ($v)"; keep "$n" "$v"; done; echo "OK: 1 MiB";;
del) for text; do ask "$text"; forget "$text"; done; echo "OK: 1 MiB";;
upgrade)
  [ "$1" = --simulate ] && simulate=1 && shift; [ "$1" = --available ] && shift
  cp installed before
  while read -r n old; do v=$(newest "$n") || continue
    [ "$v" = "$old" ] && continue
    grep -Fqx "$n=$old" $world && continue
    case " ${*:-$n} " in *" $n "*) ;; *) continue;; esac
    echo "(1/1) Upgrading $n ($old -> $v)"; [ -n "$simulate" ] || keep "$n" "$v"; done <before; echo "OK: 1 MiB";;
*) exit 1;;
esac
"""
)
_OPKG = (
    _COMMON
    + r"""
verb=$1; shift
for word; do case $word in -*) echo "opkg: unknown option $word" >&2; exit 255;; esac; done
case $verb in
list-installed) while read -r n v; do echo "$n - $v"; done <installed;;
list-upgradable) while read -r n old; do v=$(newest "$n")
  [ "${v:-$old}" = "$old" ] || echo "$n - $old - $v"; done <installed;;
print-architecture) echo "arch all 1"; echo "arch noarch 1"; echo "arch x86_64 10";;
update) cp available lists; echo "Updated list of available packages in /var/opkg-lists/base";;
install|upgrade)
  for n; do v=$(newest "$n") || { echo " * opkg_install_cmd: Cannot install package $n." >&2; exit 255; }
    [ "$(version "$n")" = "$v" ] && echo "Package $n ($v) installed in root is up to date." && continue
    echo "Installing $n ($v) to root..."; keep "$n" "$v"; echo "Configuring $n."; done;;
remove)
  for n; do [ -n "$(version "$n")" ] || { echo "No packages removed." >&2; exit 255; }
    echo "Removing package $n from root..."; forget "$n"; done;;
*) exit 255;;
esac
"""
)


def install_fake(host: Host, name: str) -> None:
    """Put a fake on a host.

    Args:
        host: any.
        name: ``apk`` or ``opkg``.
    """
    script = {"apk": _APK, "opkg": _OPKG}[name]
    folder = host.root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    place = host.root / {"apk": "sbin/apk", "opkg": "bin/opkg"}[name]
    place.write_text(script)
    place.chmod(0o755)


def reset(host: Host, *available: tuple[str, str], fetched: bool = True) -> None:
    """Have nothing installed, and packages offered.

    Args:
        host: one with a fake.
        available: names and versions.
        fetched: the lists were fetched.
    """
    offer(host, *available)
    (host.root / _FOLDER / "installed").write_text("")
    (host.root / _FOLDER / "lists").write_text("")
    (host.root / "etc/apk").mkdir(exist_ok=True)
    (host.root / "etc/apk/world").write_text("")
    if fetched:
        (host.root / _FOLDER / "lists").write_text((host.root / _FOLDER / "available").read_text())


def offer(host: Host, *available: tuple[str, str]) -> None:
    """Have packages offered, the newest last, once the lists are fetched."""
    (host.root / _FOLDER / "available").write_text("".join(f"{name} {version}\n" for name, version in available))


def installed(host: Host) -> dict[str, str]:
    """What the fake holds to be installed."""
    lines = (host.root / _FOLDER / "installed").read_text().splitlines()
    return dict(line.split() for line in lines)

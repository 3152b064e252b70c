# What J1 and J2 ask for, as one script: the floor. Prints nothing when all is well.
set -eu
exec >/dev/null
changed() { ! "$@" >/dev/null 2>&1; }
changed getent group app && groupadd -g 4000 app
changed getent group ops && groupadd -g 4001 ops
changed getent passwd app && useradd -u 4000 -g app -d /srv/app -m -s /bin/sh app
changed getent passwd ann && useradd -u 4002 -g ops -G app -d /home/ann -m -s /bin/sh ann
owned() {
    case $(stat -c '%U %G %a' "$1") in "$2 $3 $4") ;; *) chown "$2:$3" "$1"; chmod "$4" "$1" ;; esac
}
directory() { [ -d "$1" ] || mkdir -p "$1"; owned "$@"; }
content() {
    cat >/tmp/floor.$$
    cmp -s /tmp/floor.$$ "$1" || cp /tmp/floor.$$ "$1"
    owned "$@"
}
line() { grep -qxF "$2" "$1" || echo "$2" >>"$1"; }
link() { [ "$(readlink "$1")" = "$2" ] || ln -sfn "$2" "$1"; }
directory /srv/app/releases app app 755
directory /srv/app/shared app app 750
directory /etc/app root root 755
printf '[app]\nname = app\nworkers = 4\n' | content /etc/app/app.ini root app 640
printf 'This host is managed.\n' | content /etc/motd root root 644
printf 'PORT=8080\nHOME=/srv/app\n' | content /etc/app/env root root 644
printf '/var/log/app.log {\n  daily\n  rotate 14\n}\n' | content /etc/app/logrotate root root 644
[ -e /srv/app/shared/marker ] || : >/srv/app/shared/marker
owned /srv/app/shared/marker app app 640
line /etc/security/limits.conf 'app soft nofile 4096'
line /etc/hosts '192.0.2.10 db.internal'
line /etc/profile 'export APP_HOME=/srv/app'
link /srv/app/current /srv/app/releases
link /srv/app/shared/app.ini /etc/app/app.ini
crontab -l 2>/dev/null | grep -q nightly || { crontab -l 2>/dev/null || :; echo '5 3 * * * /usr/bin/true nightly'; } | crontab -
dpkg-query -W -f '${Package} ${Status}\n' cron procps sudo
ls /etc/rc?.d
/etc/init.d/cron status || /etc/init.d/cron start
rm -f /tmp/floor.$$

"""J1 and J2: 20 operations that are typical for a server. On a new host all of them change something."""

from pyinfra.operations import apt, crontab, files, server, sysvinit

server.group(name="Group app", group="app", gid=4000)
server.group(name="Group ops", group="ops", gid=4001)
server.user(name="User app", user="app", uid=4000, group="app", home="/srv/app", shell="/bin/sh", system=False)
server.user(name="User ann", user="ann", uid=4002, group="ops", groups=["app"], home="/home/ann", shell="/bin/sh")
files.directory(name="Directory releases", path="/srv/app/releases", user="app", group="app", mode="755")
files.directory(name="Directory shared", path="/srv/app/shared", user="app", group="app", mode="750")
files.directory(name="Directory of settings", path="/etc/app", mode="755")
files.put(name="Settings", src="files/app.ini", dest="/etc/app/app.ini", user="root", group="app", mode="640")
files.put(name="Message", src="files/motd", dest="/etc/motd", mode="644")
files.template(name="Environment", src="templates/env.j2", dest="/etc/app/env", mode="644", port=8080)
files.template(name="Rotation", src="templates/logrotate.j2", dest="/etc/app/logrotate", mode="644", days=14)
files.file(name="Marker", path="/srv/app/shared/marker", user="app", group="app", mode="640")
files.line(name="Limit", path="/etc/security/limits.conf", line="app soft nofile 4096")
files.line(name="Hosts", path="/etc/hosts", line="192.0.2.10 db.internal")
files.line(name="Shell", path="/etc/profile", line="export APP_HOME=/srv/app")
files.link(name="Current release", path="/srv/app/current", target="/srv/app/releases")
files.link(name="Settings of the app", path="/srv/app/shared/app.ini", target="/etc/app/app.ini")
crontab.crontab(name="Nightly job", command="/usr/bin/true nightly", cron_name="nightly", minute="5", hour="3")
apt.packages(name="Packages", packages=["cron", "procps", "sudo"])
sysvinit.service(name="Service", service="cron", running=True, enabled=True)

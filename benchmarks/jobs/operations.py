"""J1 and J2 as a list of operations with their arguments, for programs."""

from pyinfra.operations import apt, crontab, files, server, sysvinit

OPERATIONS = (
    (server.group, {"group": "app", "gid": 4000}),
    (server.group, {"group": "ops", "gid": 4001}),
    (server.user, {"user": "app", "uid": 4000, "group": "app", "home": "/srv/app", "shell": "/bin/sh"}),
    (server.user, {"user": "ann", "uid": 4002, "group": "ops", "groups": ["app"], "home": "/home/ann",
                   "shell": "/bin/sh"}),
    (files.directory, {"path": "/srv/app/releases", "user": "app", "group": "app", "mode": "755"}),
    (files.directory, {"path": "/srv/app/shared", "user": "app", "group": "app", "mode": "750"}),
    (files.directory, {"path": "/etc/app", "mode": "755"}),
    (files.put, {"src": "files/app.ini", "dest": "/etc/app/app.ini", "user": "root", "group": "app", "mode": "640"}),
    (files.put, {"src": "files/motd", "dest": "/etc/motd", "mode": "644"}),
    (files.template, {"src": "templates/env.j2", "dest": "/etc/app/env", "mode": "644", "port": 8080}),
    (files.template, {"src": "templates/logrotate.j2", "dest": "/etc/app/logrotate", "mode": "644", "days": 14}),
    (files.file, {"path": "/srv/app/shared/marker", "user": "app", "group": "app", "mode": "640"}),
    (files.line, {"path": "/etc/security/limits.conf", "line": "app soft nofile 4096"}),
    (files.line, {"path": "/etc/hosts", "line": "192.0.2.10 db.internal"}),
    (files.line, {"path": "/etc/profile", "line": "export APP_HOME=/srv/app"}),
    (files.link, {"path": "/srv/app/current", "target": "/srv/app/releases"}),
    (files.link, {"path": "/srv/app/shared/app.ini", "target": "/etc/app/app.ini"}),
    (crontab.crontab, {"command": "/usr/bin/true nightly", "cron_name": "nightly", "minute": "5", "hour": "3"}),
    (apt.packages, {"packages": ["cron", "procps", "sudo"]}),
    (sysvinit.service, {"service": "cron", "running": True, "enabled": True}),
)  # fmt: skip

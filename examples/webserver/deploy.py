"""A web server that shows a site from git.

pyinfra inventory.py deploy.py
"""

from pyinfra import host, local
from pyinfra.operations import apt, crontab, files, git, server

apt.packages(
    name="Install the packages",
    packages=["nginx-light", "git", "cron"],
    update=True,
    cache_time=24 * 3600,
)

server.group(name="The group of the site", group="site", system=True)
server.user(
    name="The user of the site",
    user="site",
    group="site",
    home="/srv/site",
    shell="/usr/sbin/nologin",
    system=True,
    create_home=False,
)
files.directory(name="The home of the site", path="/srv/site", user="site", group="site", mode="755")

site = git.repo(
    name="Check out the site",
    src=host.data.site_repository,
    dest="/srv/site/checkout",
    branch="main",
    user="site",
    group="site",
)

local.include("./tasks/nginx.py", data={"worker_connections": 512})

# Runs only if the checkout changed; whether it did is known when this is reached, not before.
server.shell(
    name="Tell when the site was deployed",
    commands=["date -u +%FT%TZ > /srv/site/deployed"],
    _if=site.did_change,
)

for job in host.data.jobs:
    crontab.crontab(
        name=f"Job {job['name']}",
        cron_name=job["name"],
        command=job["command"],
        hour=job["hour"],
        minute=0,
        user="site",
    )

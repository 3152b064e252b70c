"""nginx, with one virtual host."""

from pyinfra import host
from pyinfra.operations import files, systemd

site = files.template(
    name="The virtual host",
    src="templates/site.conf.j2",
    dest="/etc/nginx/sites-available/site",
    mode="644",
    server_name=host.data.server_name,
    worker_connections=host.data.worker_connections,
)
enabled = files.link(
    name="Enable it",
    path="/etc/nginx/sites-enabled/site",
    target="/etc/nginx/sites-available/site",
)
default = files.link(name="Disable the default one", path="/etc/nginx/sites-enabled/default", present=False)

systemd.service(name="Run nginx", service="nginx", running=True, enabled=True)

with host.when(lambda: site.did_change() or enabled.did_change() or default.did_change()):
    systemd.service(name="Reload nginx", service="nginx", reloaded=True)

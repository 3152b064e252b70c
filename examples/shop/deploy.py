"""A small application in a directory of its own. It needs no privilege.

Example: pyinfra @local deploy.py --data root=/tmp/shop
"""

from pyinfra import host
from pyinfra.operations import files, server
from pyinfra.operations.util import any_changed

root = host.data.root

files.directory(name="Its directory", path=f"{root}/app", mode="750")
settings = [
    files.line(name=f"Its {key}", path=f"{root}/app/settings.conf", line=f"{key} = .*", replace=f"{key} = {value}")
    for key, value in {"port": host.data.port, "workers": host.data.workers}.items()
]
files.put(name="Its start script", src="files/start", dest=f"{root}/app/start", mode="755")
page = files.template(
    name="Its page", src="templates/index.html.j2", dest=f"{root}/app/index.html", mode="644", title=host.data.title
)
files.link(name="The present release", path=f"{root}/current", target=f"{root}/app")
files.file(name="No more maintenance", path=f"{root}/maintenance", present=False)

# Runs only if something above changed.
server.shell(name="Reload it", commands=f"date >> {root}/reloads", _if=any_changed(*settings, page))

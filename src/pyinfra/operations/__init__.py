"""Operations, one module for each kind of thing.

Example:
    from pyinfra.operations import files, server

    server.user(user="app", shell="/bin/sh", _sudo=True)
    files.directory(path="/srv/app", user="app", mode="750", _sudo=True)
"""

"""Facts about apk.

Example:
    >>> host.get_fact(ApkPackages)
    {'busybox': {'1.36.1-r15'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.apk import APK, APK_REGEX

from ._packages import InstalledPackages

__all__ = ["APK_REGEX", "ApkPackages"]


class ApkPackages(InstalledPackages):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(ApkPackages)
        {'busybox': {'1.36.1-r15'}}
    """

    manager = APK

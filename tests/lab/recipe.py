"""What the hosts are made of: packages, users and configuration. The roots' version is a hash of all this."""

from __future__ import annotations

SUITE = "bookworm"
PASSWORD = "secret"
# crypt(3) of PASSWORD with a fixed salt, so that the recipe is the same everywhere
PASSWORD_HASH = "$6$lab.lab.lab$68JoLlcJB8gPlDyXDTWT.r7/Yc6tZDuf7ssRRDwNNxBbVF1W1ngrW.y1SyADwExwyBa6iiKHy3PK3L1T.nzt/0"

PACKAGES = (
    "openssh-server", "sudo", "opendoas", "systemd", "systemd-sysv", "dbus", "iproute2", "ca-certificates",
    "procps", "cron", "iputils-ping", "tcsh", "mksh", "zsh", "libpcre2-32-0", "libstdc++6", "libtinfo6",
)  # fmt: skip
# fish depends on Python, which the hosts must not have, so only its files are unpacked (it runs without Python).
UNPACKED = ("fish-common", "fish")

# name: (uid, login shell); the uids are fixed so that files can be given to them from outside
USERS: dict[str, tuple[int, str]] = {
    "deploy": (1000, "/bin/bash"),
    "alice": (1001, "/bin/bash"),
    "bob": (1002, "/bin/sh"),
    "fishy": (1003, "/usr/bin/fish"),
    "cshy": (1004, "/bin/tcsh"),
}
BUSYBOX_USERS = ("deploy", "alice")

SUDOERS = """\
deploy ALL=(ALL) NOPASSWD: ALL
fishy ALL=(ALL) NOPASSWD: ALL
cshy ALL=(ALL) NOPASSWD: ALL
alice ALL=(ALL) ALL
"""
DOAS = """\
permit nopass deploy
permit alice
"""

# "Include" comes first: sshd takes the first value it meets, so a file of the host wins over what follows.
SSHD_CONFIG = """\
Include /etc/ssh/sshd_config.d/*.conf
Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 1000
MaxSessions 200
LoginGraceTime 60
PrintMotd no
AllowTcpForwarding yes
AllowAgentForwarding yes
TrustedUserCAKeys /etc/ssh/lab_user_ca.pub
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
"""

# Package scripts may start services on a booted systemd host, and nowhere else.
POLICY_RC_D = "#!/bin/sh\n[ -e /run/lab-booted ] || exit 101\n"

# PID 1 of a plain host: keeps sshd up unless told otherwise, and reaps orphans (dash reaps all while it waits).
PLAIN_INIT = """\
mkdir -p /run/sshd
while :; do
    if [ -e /run/sshd.off ]; then sleep 0.05; continue; fi
    /usr/sbin/sshd -D -e 2>>/var/log/sshd.log &
    wait $!
    [ -e /run/sshd.off ] || sleep 0.1
done
"""

# Without systemd the ordinary reboot command asks an init that is not there; these ask the kernel.
PLAIN_COMMANDS = {
    "reboot": '#!/bin/sh\nexec /usr/sbin/reboot -f "$@"\n',
    "poweroff": '#!/bin/sh\nexec /usr/sbin/poweroff -f "$@"\n',
    "shutdown": """\
#!/bin/sh
for word; do case $word in -*r*) exec /usr/sbin/reboot -f;; esac; done
exec /usr/sbin/poweroff -f
""",
}

# busybox has no sub-second sleep in every build; usleep is an applet of its own. `reboot` sends SIGTERM to PID 1.
BUSYBOX_INIT = """\
trap 'reboot -f' TERM
trap 'poweroff -f' USR2
mkdir -p /run /var/log /etc/dropbear
key=/etc/dropbear/dropbear_ed25519_host_key
[ -e $key ] || dropbearconvert openssh dropbear /etc/ssh/ssh_host_ed25519_key $key
while :; do
    if [ -e /run/sshd.off ]; then usleep 50000; continue; fi
    dropbear -F -E -r $key 2>>/var/log/sshd.log &
    wait $!
    [ -e /run/sshd.off ] || usleep 100000
done
"""

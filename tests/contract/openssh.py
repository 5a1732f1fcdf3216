"""A real OpenSSH server on 127.0.0.1, for tests: no root needed, started in about 30 ms.

`openssh` is a running server; `start_openssh(*lines)` starts others with further lines of sshd_config, such as
"ForceCommand internal-sftp -R" (read only). Mark the tests that use them with `pytest.mark.openssh`.

A password needs an account, and root to check it. Where the tests run as root (`HAS_ACCOUNTS`), `OpenSsh(accounts=True)`
knows the user `clinic`: its sshd sees its own passwd, shadow and PAM files, in a mount namespace that ends with it.
"""

import getpass
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.daemon import Daemon

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
ACCOUNT, PASSWORD = "clinic", "correct horse"
HASHED = "$6$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/GV3A8SkFxEPY0T56CcilGrHKLffBsp6dLMG."
_PAM = "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
_BIND = (
    'mount --make-rprivate / && for f in passwd shadow pam.d/sshd; do mount --bind "$0/$f" "/etc/$f"; done && exec "$@"'
)


def _has_accounts() -> bool:
    if os.geteuid() or SSHD is None or not Path("/etc/pam.d/sshd").is_file() or shutil.which("unshare") is None:
        return False
    private = ["unshare", "--mount", "sh", "-c", "mount --make-rprivate / && mount --bind /etc/passwd /etc/passwd"]
    return subprocess.run(private, check=False, capture_output=True).returncode == 0


HAS_ACCOUNTS = _has_accounts()


@dataclass(frozen=True)
class SshKeys:
    """Made once per test session. The host holds an Ed25519 and an RSA key; `client` may log in, `stranger` may not."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def fingerprint(self, name: str) -> str:
        shown = subprocess.run(["ssh-keygen", "-lf", self.path(name)], check=True, capture_output=True, text=True)
        return shown.stdout.split()[1]


@dataclass(kw_only=True)
class OpenSsh(Daemon):
    """One sshd; with `accounts` it knows the user `clinic` and their password."""

    product = "sshd"
    listens = "Server listening"

    accounts: bool = False

    @property
    def user(self) -> str:
        return ACCOUNT if self.accounts else getpass.getuser()

    def configure(self, port: int) -> list[str]:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        (self.folder / "sshd_config").write_text(self._configuration(port))
        command = [str(SSHD), "-D", "-e", "-f", str(self.folder / "sshd_config")]
        if not self.accounts:
            return command
        self._make_accounts()
        return ["unshare", "--mount", "sh", "-c", _BIND, str(self.folder / "etc"), *command]

    def _make_accounts(self) -> None:
        """A second name of root, so that the server may write where the tests do."""
        etc = self.folder / "etc"
        (etc / "pam.d").mkdir(parents=True, exist_ok=True)
        (etc / "passwd").write_text(f"{ACCOUNT}:x:0:0::/:/bin/sh\n" + Path("/etc/passwd").read_text())
        (etc / "shadow").write_text(f"{ACCOUNT}:{HASHED}:19000:0:99999:7:::\n")
        (etc / "pam.d" / "sshd").write_text(_PAM)

    def _configuration(self, port: int) -> str:
        # The first line that sets a keyword wins: those of the test stand first.
        lines = [
            *self.lines,
            f"Port {port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.keys.path('host_ed25519')}",
            f"HostKey {self.keys.path('host_rsa')}",
            "PidFile none",
            f"AuthorizedKeysFile {self.keys.path('client.pub')} {self.keys.path('client_rsa.pub')}",
            "AuthenticationMethods publickey",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            f"PermitRootLogin {'yes' if self.accounts else 'prohibit-password'}",
            "StrictModes no",
            "MaxStartups 100",
        ]
        if not any(line.startswith("Subsystem") for line in self.lines):
            lines.append(f"Subsystem sftp internal-sftp -d {self.root}")
        if _version() >= (9, 8):
            lines.append("PerSourcePenalties no")  # refused logins of one test would count against the next
        return "\n".join(lines) + "\n"


def _version() -> tuple[int, int]:
    said = subprocess.run([str(SSHD), "-V"], check=False, capture_output=True, text=True)
    found = re.search(r"OpenSSH_(\d+)\.(\d+)", said.stderr + said.stdout)
    assert found, said
    return int(found[1]), int(found[2])


@pytest.fixture(scope="session")
def ssh_keys(tmp_path_factory: pytest.TempPathFactory) -> SshKeys:
    if SSHD is None or shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH is not here: install openssh-server to run this")
    keys = SshKeys(tmp_path_factory.mktemp("ssh_keys"))
    kinds = {
        "host_ed25519": "ed25519",
        "client": "ed25519",
        "stranger": "ed25519",
        "host_rsa": "rsa",
        "client_rsa": "rsa",
    }
    for name, kind in kinds.items():
        command = ["ssh-keygen", "-q", "-N", "", "-C", "test", "-t", kind, "-f", str(keys.path(name))]
        subprocess.run(command + (["-b", "2048"] if kind == "rsa" else []), check=True)
    return keys


@pytest.fixture
def start_openssh(ssh_keys: SshKeys, tmp_path: Path) -> Iterator[Callable[..., OpenSsh]]:
    """Start servers with further lines of sshd_config; all are stopped after the test."""
    servers: list[OpenSsh] = []

    def start(*lines: str, accounts: bool = False) -> OpenSsh:
        server = OpenSsh(folder=tmp_path / f"sshd{len(servers)}", keys=ssh_keys, lines=lines, accounts=accounts)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def openssh(start_openssh: Callable[..., OpenSsh]) -> OpenSsh:
    """A running server with the folders outbound, inbound and archive."""
    return start_openssh()

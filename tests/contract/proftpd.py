"""A real ProFTPD with mod_sftp on 127.0.0.1, for tests: no root needed, started in about 10 ms.

`proftpd` is a running server; `start_proftpd(*lines)` starts others with further lines of proftpd.conf, such as
`denied("RNFR")` (nobody renames). It knows the user `clinic` by key and by password, from files of its
own: no account of this machine and no PAM. Mark the tests that use them with `pytest.mark.proftpd`.
"""

import grp
import os
import pwd
import shutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.daemon import Daemon
from tests.contract.openssh import ACCOUNT, HASHED, SshKeys

PROFTPD = shutil.which("proftpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_MODULE = Path("/usr/lib/proftpd/mod_sftp.so")  # where Debian has it


@dataclass(kw_only=True)
class ProFtpd(Daemon):
    """One ProFTPD that speaks nothing but SFTP. What mod_sftp saw is in `sftp.log`, what was logged in also in `log`."""

    product = "proftpd"
    listens = "standalone mode STARTUP"

    @property
    def user(self) -> str:
        return ACCOUNT

    def seen(self) -> str:
        """What mod_sftp wrote down; whole after `stop`."""
        return (self.folder / "sftp.log").read_text()

    def configure(self, port: int) -> list[str]:
        self._make_account()
        (self.folder / "proftpd.conf").write_text(self._configuration(port))
        return [str(PROFTPD), "--nodaemon", "--config", str(self.folder / "proftpd.conf")]

    def _make_account(self) -> None:
        """Clinic is another name of whoever runs the tests, so that the server may write where they do."""
        uid, gid = os.geteuid(), os.getegid()
        files = {
            "passwd": f"{ACCOUNT}:{HASHED}:{uid}:{gid}::{self.root}:/bin/sh\n",
            "group": f"{ACCOUNT}:x:{gid}:\n",
            "keys": "".join(map(self._rfc4716, ("client.pub", "client_rsa.pub"))),
        }
        for name, text in files.items():
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o600)

    def _rfc4716(self, name: str) -> str:
        """A public key in the form that mod_sftp reads."""
        body = "\n".join(textwrap.wrap(self.keys.path(name).read_text().split()[1], 70))
        return f"---- BEGIN SSH2 PUBLIC KEY ----\n{body}\n---- END SSH2 PUBLIC KEY ----\n"

    def _configuration(self, port: int) -> str:
        lines = [
            "LoadModule mod_sftp.c",
            "ServerType standalone",
            "DefaultAddress 127.0.0.1",
            "SocketBindTight on",
            "UseIPv6 off",
            f"Port {port}",
            # Whoever it runs as has to be named: else, without root, it tries to become root and ends.
            f"User {pwd.getpwuid(os.geteuid()).pw_name}",
            f"Group {grp.getgrgid(os.getegid()).gr_name}",
            "RootLogin on",
            "RequireValidShell off",
            "UseFtpUsers off",
            "UseReverseDNS off",
            # What it would otherwise write outside its folder.
            "WtmpLog off",
            "TransferLog none",
            "DelayEngine off",
            "ControlsEngine off",
            f"ScoreboardFile {self.folder / 'scoreboard'}",
            f"PidFile {self.folder / 'pid'}",
            "AuthOrder mod_auth_file.c",
            f"AuthUserFile {self.folder / 'passwd'}",
            f"AuthGroupFile {self.folder / 'group'}",
            "SFTPEngine on",
            f"SFTPLog {self.folder / 'sftp.log'}",
            f"SFTPHostKey {self.keys.path('host_ed25519')}",
            f"SFTPHostKey {self.keys.path('host_rsa')}",
            f"SFTPAuthorizedUserKeys file:{self.folder / 'keys'}",
            *self.lines,
        ]
        return "\n".join(lines) + "\n"


def denied(commands: str) -> str:
    """Lines of proftpd.conf that let nobody do this; mod_sftp goes by the FTP commands that are like its requests."""
    return f"<Limit {commands}>\nDenyAll\n</Limit>"


@pytest.fixture
def start_proftpd(ssh_keys: SshKeys, tmp_path: Path) -> Iterator[Callable[..., ProFtpd]]:
    """Start servers with further lines of proftpd.conf; all are stopped after the test."""
    if PROFTPD is None or not _MODULE.exists():
        pytest.skip("ProFTPD is not here: install proftpd-core and proftpd-mod-crypto to run this")
    servers: list[ProFtpd] = []

    def start(*lines: str) -> ProFtpd:
        server = ProFtpd(folder=tmp_path / f"proftpd{len(servers)}", keys=ssh_keys, lines=lines)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def proftpd(start_proftpd: Callable[..., ProFtpd]) -> ProFtpd:
    """A running server with the folders outbound, inbound and archive."""
    return start_proftpd()

"""A line that breaks off between the greeting and the look at its key."""

import paramiko
import pytest

from gateway.errors import NotReached
from gateway.transport import sftp


class Broken:
    closed = False

    def get_remote_server_key(self) -> paramiko.PKey:
        raise paramiko.SSHException("No existing session")

    def close(self) -> None:
        self.closed = True


def test_a_line_that_breaks_off_just_after_its_greeting_was_not_reached() -> None:
    line = Broken()
    with pytest.raises(NotReached, match=r"partner north: the line broke off just as it stood .*try later"):
        sftp._host_key(line, "partner north")  # type: ignore[arg-type]
    assert line.closed

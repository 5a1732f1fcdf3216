"""How the fake loses its line: tests of delivery rest on it."""

import pytest

from gateway.errors import LineLost, NotReached
from tests.contract.memory_mailbox import MemoryMailbox


def test_a_line_cut_before_a_verb_has_changed_nothing() -> None:
    mailbox = MemoryMailbox(files={"a": b"1"}, cut_before={"rename_no_clobber"})
    with pytest.raises(NotReached):
        mailbox.rename_no_clobber("a", "b")
    assert mailbox.files == {"a": b"1"}


def test_a_line_cut_after_a_verb_has_done_it_and_the_session_is_over() -> None:
    mailbox = MemoryMailbox(files={"a": b"1"}, cut_after={"rename_no_clobber"})
    with pytest.raises(LineLost):
        mailbox.rename_no_clobber("a", "b")
    assert mailbox.files == {"b": b"1"}
    with pytest.raises(NotReached):
        mailbox.stat("b")

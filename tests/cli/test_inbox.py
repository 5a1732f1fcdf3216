"""collect, post and inbox, as a person types them."""

from pathlib import Path

import pytest

from gateway.ledger import inbound, open_ledger
from gateway.ledger.inbound import SetPlace, SetState
from gateway.settings import load
from tests.e2e.command import gateway
from tests.service.clinic import answer_999

BY = ("--by", "Ana Reyes", "--reason", "looked at it")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A home whose only partner has a mailbox in a folder, with a good file, a bad one and a hostile name."""
    home, box = tmp_path / "home", tmp_path / "box"
    assert gateway("init", home=home).status == 0
    for name in ("inbound", "outbound", "archive"):
        (box / name).mkdir(parents=True)
    path = home / "partners" / "northgate.toml"
    text = path.read_text().replace('kind = "sftp"', f'kind = "folder"\nroot = "{box}"')
    path.write_text(text)
    (box / "outbound" / "a.999").write_bytes(answer_999(77).replace(b"AK1*HC*", b"AK1*QCANARY*"))
    (box / "outbound" / "bad.txt").write_bytes(b"a newsletter about QUILL~IEA*0*000000001~")
    (box / "outbound" / "-rf \x1b[2J").write_bytes(b"x")
    return box


def test_what_came_in_is_listed_shown_ignored_and_taken_out(box: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    only = ("--partner", "northgate")
    foreseen = gateway("collect", *only, "--dry-run", home=home)
    assert (foreseen.status, "2 new files to fetch" in foreseen.out, "\x1b" in foreseen.out) == (1, True, False)
    assert sorted(path.name for path in (box / "outbound").iterdir()) == ["-rf \x1b[2J", "a.999", "bad.txt"]
    ran = gateway("collect", *only, home=home)
    assert (ran.status, "2 new files" in ran.out, "not a plain file name" in ran.out) == (1, True, True)
    assert (home / "spool").stat().st_mode & 0o777 == 0o700
    posted = gateway("post", home=home)
    assert (posted.status, "gateway inbox show" in posted.out, "QUILL" in posted.out) == (1, True, False)
    assert len(gateway("inbox", "list", "--json", home=home).facts["files"]) == 2
    (unmatched,) = gateway("inbox", "list", "--unmatched", "--json", home=home).facts["files"]
    (bad,) = gateway("inbox", "list", "--state", "set aside", "--json", home=home).facts["files"]
    assert (unmatched["unmatched"], bad["reason"]) == (1, "not x12")
    shown = gateway("inbox", "show", str(bad["id"]), home=home).out
    assert all(word in shown for word in ("[not x12]", "next: gateway inbox reprocess", "gateway inbox ignore"))
    shown = gateway("inbox", "show", str(unmatched["id"]), home=home).out
    assert all(word in shown for word in ("1 answer in it about nothing", "in how it is written", "segment 4 AK101"))
    assert "CANARY" not in shown
    to = tmp_path / "look.txt"
    assert gateway("inbox", "export", str(bad["id"]), "--to", to, "--by", "Ana Reyes", home=home).status == 0
    assert (to.stat().st_mode & 0o777, b"newsletter" in to.read_bytes()) == (0o600, True)
    assert gateway("inbox", "export", str(bad["id"]), "--to", to, "--by", "Ana Reyes", home=home).status == 2
    assert gateway("inbox", "reprocess", str(bad["id"]), *BY, home=home).status == 1
    assert "ignored" in gateway("inbox", "ignore", str(bad["id"]), *BY, home=home).out
    assert gateway("inbox", "ignore", str(bad["id"]), *BY, home=home).status == 2
    assert gateway("inbox", "ignore", str(unmatched["id"]), *BY, "--json", home=home).facts["file"]["unmatched"] == 0
    assert "nothing matches unmatched:yes" in gateway("inbox", "list", "--unmatched", home=home).out


def test_a_file_that_is_posted_in_part_says_how_far_and_what_goes_on(box: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert box.is_dir()
    gateway("collect", "--partner", "northgate", home=home)
    (file,) = gateway("inbox", "list", "file:a.999", "--json", home=home).facts["files"]
    ledger = open_ledger(f"sqlite:///{home / 'gateway.db'}")
    sets = {SetPlace(1, 3): SetState.POSTED, SetPlace(1, 9): SetState.WAITING}
    with ledger.writing() as tx:
        inbound.keep_sets(tx, load(home).practice.key, file["id"], sets)
    ledger.close()
    said = "1 of 2 sets posted; goes on with the next `gateway post`"
    assert said in gateway("inbox", "list", "file:a.999", home=home).out
    shown = gateway("inbox", "show", str(file["id"]), home=home).out
    assert all(words in shown for words in (said, "not all of its sets are posted", "next: gateway post"))
    facts = gateway("inbox", "show", str(file["id"]), "--json", home=home).facts["file"]
    assert (facts["state"], facts["sets"], facts["sets_done"]) == ("stored", 2, 1)


def test_partners_that_were_not_called_are_named_and_the_status_says_so(box: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert box.is_dir()
    only = ("--partner", "northgate")
    assert gateway("partners", "pause", "northgate", *BY, home=home).status == 0
    ran = gateway("collect", *only, home=home)
    assert (ran.status, "northgate: not called: paused by Ana Reyes" in ran.err) == (1, True)
    assert "new file" not in ran.out
    facts = gateway("collect", *only, "--json", home=home).facts["partners"]
    assert [(one["partner"], one["called"]) for one in facts] == [("northgate", False)]
    # The other partner has no key: the configuration is not ready, which is worse than a pause.
    both = gateway("collect", home=home)
    assert (both.status, "northgate: not called" in both.err, "southport" in both.err) == (5, True, True)


def test_a_profile_that_both_archives_and_removes_is_refused(box: Path, tmp_path: Path) -> None:
    path = tmp_path / "home" / "partners" / "northgate.toml"
    path.write_text(path.read_text() + "removes_read = true\n")
    ran = gateway("collect", home=tmp_path / "home")
    assert (ran.status, "removes_read" in ran.err) == (5, True)
    assert box.is_dir()


def test_a_downloaded_answer_is_imported_once(box: Path, tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "era.835"
    assert box.is_dir()
    path.write_bytes(b"ISA*cut")
    command = ("inbox", "import", str(path), "--partner", "northgate", *BY)
    ran = gateway(*command, home=home)
    assert (ran.status, ran.out) == (0, "1 by-hand/era.835 from northgate: 7 bytes are stored; now run: gateway post\n")
    again = gateway(*command, home=home)
    assert (again.status, "came before, as 1 by-hand/era.835" in again.out) == (0, True)
    facts = gateway(*command, "--json", home=home).facts
    assert (facts["is_new"], facts["file"]["id"], facts["file"]["state"]) == (False, 1, "stored")
    assert gateway("inbox", "import", str(tmp_path), "--partner", "northgate", *BY, home=home).status == 2
    assert gateway("inbox", "import", str(path), "--partner", "nobody", *BY, home=home).status == 5
    (tmp_path / "empty").touch()
    assert gateway("inbox", "import", str(tmp_path / "empty"), "--partner", "northgate", *BY, home=home).status == 3
    assert gateway("post", home=home).status == 1
    assert "Ana Reyes" in gateway("inbox", "show", "1", home=home).out

"""Faults F21 to F30, F34 and F35: whatever a partner's server says, a file arrives once, or waits for a person."""

from collections.abc import Callable, Iterator

import pytest

from gateway.delivery import Delivery
from gateway.errors import LineLost, NotReached, PartnerRefusal
from gateway.event import EventSeverity
from gateway.ledger import events
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.release import Way, release
from tests.faults.lies import GREEDY, KEEPING, ONCE, VERBS, never_renames, takes_temporary_names, write_only
from tests.faults.sealed import Arrivals, one_round, rounds, the_file
from tests.transport.paramiko_server import Behaviour, Lie, Manner

pytestmark = pytest.mark.openssh  # the keys come from ssh-keygen

Serve = Callable[..., Callable[[Office], Office]]
PARTNERS = pytest.mark.parametrize("takes", [KEEPING, GREEDY], ids=["keeping", "greedy"])
_SILENT_SECONDS = 1.5


def told(fault: str) -> pytest.MarkDecorator:
    """Parametrize a test with the lies of one fault, or one of them."""
    lies = {name: lie for name, lie in ONCE.items() if f"{name} ".startswith(f"{fault} ")}
    return pytest.mark.parametrize("lie", list(lies.values()), ids=list(lies))


def woken(office: Office) -> list[str]:
    """What somebody was woken for, in order."""
    with office.ledger.reading() as tx:
        said = events.read(tx, office.practice.key)
        return [one.event.kind for one in said if one.event.severity is EventSeverity.WAKE]


@pytest.mark.parametrize("verb", ["login", "session"])
def test_f13_a_server_that_falls_silent_at_the_login_is_left_in_time_and_the_file_is_as_it_was(
    office: Office, serve: Serve, box: Arrivals, verb: str
) -> None:
    office = serve(Behaviour(lies=(Lie(verb, Manner.HUNG_BEFORE),)), timeout_seconds=_SILENT_SECONDS)(office)
    assert isinstance(one_round(office).problem, NotReached)
    assert (the_file(office).state, the_file(office).fence) == (Delivery.SEALED, 0)
    rounds(office)
    box.must_be_once(office)


@PARTNERS
def test_f21_a_full_disk_at_the_partner_is_told_removed_and_tried_again(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...]
) -> None:
    office = serve(Behaviour(lies=(Lie("write", Manner.REFUSED),), takes=takes))(office)
    assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (box.finals, box.temporary) == ([], [])
    assert (the_file(office).state, woken(office)) == (Delivery.UPLOADING, ["file.refused"])
    rounds(office)
    box.must_be_once(office)


@told("f22")
@PARTNERS
def test_f22_what_the_server_says_at_the_close_counts_as_not_uploaded(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (the_file(office).state, box.finals, box.temporary) == (Delivery.UPLOADING, [], [])
    rounds(office)
    box.must_be_once(office)


@told("f23")
@PARTNERS
def test_f23_a_write_that_was_acknowledged_and_not_kept_is_seen_before_the_rename(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (the_file(office).state, box.finals) == (Delivery.UPLOADING, [])
    rounds(office)
    box.must_be_once(office)


@told("f24 one byte")
@PARTNERS
def test_f24_a_look_that_lies_about_the_size_is_followed_by_another_upload(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (the_file(office).state, box.finals) == (Delivery.UPLOADING, [])
    rounds(office)
    box.must_be_once(office)


@told("f24 absence")
@PARTNERS
def test_f24_a_look_that_lies_about_absence_is_followed_by_another_look(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert one_round(office).problem is None
    box.must_be_once(office)


def test_f24_an_upload_that_is_said_to_be_absent_again_and_again_is_held_and_found_by_a_look(
    sqlite_office: Office, serve: Serve, box: Arrivals
) -> None:
    """Not uploaded again, for the partner may have it; and so a lie costs a decision, and no second file."""
    lies = tuple(Lie("look", Manner.ABSENT, nth=nth, about=".part") for nth in (2, 3))
    office = serve(Behaviour(lies=lies))(sqlite_office)
    one_round(office)
    assert (the_file(office).state, the_file(office).may_have_left) == (Delivery.HELD, True)
    assert woken(office) == ["file.held"]
    release(office, the_file(office).name, Way.AGAIN, reason="seen on their portal")
    assert one_round(office).problem is None
    box.must_be_once(office)


@told("f25")
@PARTNERS
def test_f25_a_rename_that_was_refused_is_done_again(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (the_file(office).state, box.finals) == (Delivery.COMMITTING, [])
    rounds(office)
    box.must_be_once(office)


@told("f26")
@PARTNERS
def test_f26_a_rename_that_was_done_and_denied_is_found_by_looking(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert isinstance(one_round(office).problem, LineLost)
    rounds(office)
    box.must_be_once(office, Delivery.PRESUMED if takes else Delivery.SENT)


@told("f27")
@PARTNERS
def test_f27_a_line_cut_at_a_rename_leaves_it_to_the_next_look(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    assert isinstance(one_round(office).problem, LineLost)
    assert the_file(office).state is Delivery.COMMITTING
    rounds(office)
    box.must_be_once(office, Delivery.PRESUMED if takes and lie.manner is Manner.CUT_AFTER else Delivery.SENT)


@told("f28")
@PARTNERS
def test_f28_a_rename_that_was_only_pretended_is_not_believed(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    one_round(office)
    assert (the_file(office).state, box.finals) == (Delivery.COMMITTING, [])
    rounds(office)
    box.must_be_once(office)


@PARTNERS
def test_a_rename_that_does_not_work_delivers_nothing_and_uploads_once(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...]
) -> None:
    behaviour = never_renames()
    behaviour.takes = takes
    office = serve(behaviour)(office)
    for _ in range(2):
        assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (box.finals, behaviour.asked["create"]) == ([], 1)
    assert woken(office) == ["file.refused"], "said once, however often it is refused"
    assert reconcile(office).holds


@PARTNERS
def test_f30_a_final_name_that_is_taken_is_held_and_never_replaced(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...]
) -> None:
    """Before the upload, and in the moment before the rename."""
    behaviour = Behaviour(takes=takes, replaces=True)
    office = serve(behaviour)(office)
    theirs = box.root / "outbound" / the_file(office).name
    theirs.write_bytes(b"theirs")
    one_round(office)
    assert (the_file(office).state, behaviour.asked["create"]) == (Delivery.HELD, 0)
    assert theirs.read_bytes() == b"theirs"
    assert woken(office) == ["file.held"]


def test_f30_a_final_name_that_appears_during_the_upload_is_held_and_never_replaced(
    office: Office, serve: Serve, box: Arrivals
) -> None:
    behaviour = Behaviour(lies=(Lie("look", Manner.ABSENT, about=".837"),), replaces=True)
    office = serve(behaviour)(office)
    theirs = box.root / "outbound" / the_file(office).name
    theirs.write_bytes(b"theirs")
    one_round(office)
    assert (the_file(office).state, behaviour.asked["rename"]) == (Delivery.HELD, 0)
    assert theirs.read_bytes() == b"theirs"


@told("f34")
@PARTNERS
def test_f34_a_create_that_was_done_and_denied_leaves_at_most_an_orphan(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    """The name is of this attempt alone, so that what has it can only be our own orphan."""
    office = serve(Behaviour(lies=(lie,), takes=takes))(office)
    rounds(office)
    box.must_be_once(office)


@told("f35")
@PARTNERS
def test_f35_a_server_that_falls_silent_is_left_in_time_and_looked_at_again(
    office: Office, serve: Serve, box: Arrivals, takes: tuple[str, ...], lie: Lie
) -> None:
    office = serve(Behaviour(lies=(lie,), takes=takes), timeout_seconds=_SILENT_SECONDS)(office)
    assert isinstance(one_round(office).problem, LineLost)
    rounds(office)
    taken_unseen = bool(takes) and lie == Lie("rename", Manner.HUNG_AFTER)
    box.must_be_once(office, Delivery.PRESUMED if taken_unseen else Delivery.SENT)


def anywhere() -> Iterator[Lie]:
    """Every manner of every request of a delivery, at each of its turns."""
    turns = {"look": 9}
    for verb in VERBS:
        manners = [Manner.REFUSED, Manner.CUT_BEFORE, Manner.CUT_AFTER]
        manners += [Manner.ABSENT, Manner.LARGER] if verb == "look" else [Manner.DENIED, Manner.PRETENDED]
        manners = [one for one in manners if (verb, one) != ("create", Manner.PRETENDED)]  # there would be no handle
        for manner in manners:
            for nth in range(1, turns.get(verb, 1) + 1):
                yield Lie(verb, manner, nth)


@pytest.mark.parametrize("lie", list(anywhere()), ids=lambda lie: f"{lie.verb}{lie.nth}-{lie.manner.name.lower()}")
def test_any_one_lie_at_any_request_never_doubles_a_file_and_never_loses_it(
    sqlite_office: Office, serve: Serve, box: Arrivals, lie: Lie
) -> None:
    """It arrives once; or it is held, and whoever is woken for it finds what the server has."""
    office = serve(Behaviour(lies=(lie,), takes=GREEDY))(sqlite_office)
    for made in rounds(office):
        assert made.problem is None or isinstance(made.problem, PartnerRefusal | LineLost | NotReached)
    held = the_file(office).state is Delivery.HELD
    assert box.times(office) == 1 or (held and box.times(office) == 0)
    assert reconcile(office).holds


def test_a_partner_that_takes_temporary_names_is_never_sent_the_file_twice_under_its_final_name(
    sqlite_office: Office, serve: Serve, box: Arrivals
) -> None:
    """What F31 does before `partners check` has refused it: it has the file already, so it is neither renamed nor uploaded again."""
    office = serve(takes_temporary_names())(sqlite_office)
    rounds(office)
    assert (the_file(office).state, the_file(office).may_have_left, box.finals) == (Delivery.HELD, True, [])
    assert len(list((box.root / "taken").iterdir())) == 1
    assert woken(office) == ["file.held"]


def test_a_drop_box_that_tells_nothing_is_written_nothing(sqlite_office: Office, serve: Serve, box: Arrivals) -> None:
    """What F33 does in the manner of temporary names: a partner that will not show is no place to be sure of."""
    office = serve(write_only())(sqlite_office)
    assert isinstance(one_round(office).problem, PartnerRefusal)
    assert (box.finals, box.temporary) == ([], [])

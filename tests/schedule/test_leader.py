"""Of two that could serve one does; and a server that goes away and comes back ends neither of them."""

from pathlib import Path

import pytest

from gateway.ledger import Ledger, open_ledger
from gateway.ledger.leader import lead
from tests.servers import postgres


def test_one_has_the_place_until_it_gives_it_up(empty_ledger: Ledger) -> None:
    other = open_ledger(empty_ledger.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))
    try:
        with lead(other, "elm") as second:
            with lead(empty_ledger, "elm") as first:
                assert [first.taken(), first.taken(), second.taken()] == [True, True, False]
                with lead(other, "oak") as elsewhere:
                    assert elsewhere.taken(), "another practice has a place of its own"
            assert second.taken()
    finally:
        other.close()


@pytest.mark.postgres
@pytest.mark.skipif(postgres.installed() is None, reason="no PostgreSQL is installed here")
def test_a_server_that_is_gone_has_given_the_place_to_nobody_and_it_is_taken_again(tmp_path: Path) -> None:
    assert tmp_path.is_dir()
    with postgres.running_server() as server:
        ledger, other = open_ledger(server.url), open_ledger(server.url)
        try:
            with lead(ledger, "elm") as first, lead(other, "elm") as second:
                assert (first.taken(), second.taken()) == (True, False)
                server.stop()
                assert (first.taken(), first.taken(), second.taken()) == (False, False, False)
                server.start()
                assert sorted((second.taken(), first.taken())) == [False, True]
                assert sorted((second.taken(), first.taken())) == [False, True]
        finally:
            ledger.close()
            other.close()

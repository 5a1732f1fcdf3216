"""The column types of the ledger that are our own."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, LargeBinary, String, TypeDecorator


class Sealed(TypeDecorator[bytes]):
    """File bytes and health records. Everything of that kind passes through here, so that encryption has one door."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 SQLAlchemy's signature
        """Hand the bytes to the database as they are."""
        return value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:  # noqa: ANN401, ARG002 SQLAlchemy's signature
        """Give the same bytes back, whatever buffer type the driver uses."""
        return None if value is None else bytes(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC as fixed-width ISO text: it sorts as it reads, and both databases keep it to the microsecond."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 SQLAlchemy's signature
        """Write in UTC. A moment without a zone is our bug."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment without a time zone"
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 SQLAlchemy's signature
        """Read it back as a moment in UTC."""
        return None if value is None else datetime.fromisoformat(value)

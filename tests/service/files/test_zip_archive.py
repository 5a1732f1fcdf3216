"""S11: archives are opened only within limits, and what they say of themselves is not believed."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.service.files.zip_archive import ArchiveLimits, ArchiveRefused, is_archive, members

LIMITS = ArchiveLimits()
BODY = b"ISA*00*an answer of some length, which packs a little~" * 20


def zipped(*inside: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    body = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names written twice
        with zipfile.ZipFile(body, "w", method) as archive:
            archive.comment = comment
            for name, content in inside:
                archive.writestr(name, content)
    return body.getvalue()


def refusal(raw: bytes, limits: ArchiveLimits = LIMITS) -> str:
    with pytest.raises(ArchiveRefused) as refused:
        list(members(raw, limits))
    return str(refused.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("comment", [b"", b"packed by an old program"])
def test_a_plain_archive_gives_its_files_and_skips_its_folders(method: int, comment: bytes) -> None:
    raw = zipped(("out/", b""), ("out/a.835", BODY), ("b.999", b""), method=method, comment=comment)
    assert is_archive(raw)
    assert list(members(raw, LIMITS)) == [("out/a.835", BODY), ("b.999", b"")]


def test_an_empty_archive_gives_nothing_and_other_bytes_are_none() -> None:
    assert list(members(zipped(), LIMITS)) == []
    assert not is_archive(b"ISA*00*")


@pytest.mark.parametrize(
    "name",
    ["../a.835", "/etc/passwd", "a/../../b", "a\\b", "C:\\x", ".hidden", "a\nb", "a//b", "x" * 200, "\u202ea", "~"],
)
def test_s11_a_name_that_is_no_plain_one_is_refused_and_not_repeated(name: str) -> None:
    said = refusal(zipped(("ok.835", BODY), (name, BODY)))
    assert said == "the name of its member 2 is not a plain file name"


def test_s11_a_bomb_is_stopped_by_the_member_by_the_whole_and_by_its_bytes() -> None:
    zeros = b"\0" * 5_000_000
    assert "100 times" in refusal(zipped(("a", zeros)))
    assert "than 1000 bytes" in refusal(zipped(("a", BODY)), ArchiveLimits(bytes_max=1000))
    assert "2 times" in refusal(zipped(("a", BODY)), ArchiveLimits(ratio_max=2))
    two = zipped(("a", BODY), ("b", BODY + b"x"))
    assert "than 1500 bytes" in refusal(two, ArchiveLimits(bytes_max=1500))


def test_s11_members_that_share_their_packed_bytes_are_stopped_by_the_whole() -> None:
    """As in the bombs that need no nesting: many entries of the directory point to one packed member."""
    raw = zipped(("a", b"\0" * 60_000))
    end = raw.rfind(b"PK\5\6")
    start = struct.unpack("<L", raw[end + 16 : end + 20])[0]
    entry = raw[start:end]
    entries = b"".join(entry for _ in range(900))
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 900, 900, len(entries), start, 0)
    assert refusal(raw[:start] + entries + tail) in {
        "two of its members have the same name",
        "it is damaged (BadZipFile)",
    }


def test_s11_an_archive_in_an_archive_is_refused() -> None:
    assert refusal(zipped(("inner.835", zipped(("a", BODY))))) == "its member 1 is an archive itself"


def test_s11_what_is_encrypted_no_file_or_packed_in_another_way_is_refused() -> None:
    plain = zipped(("a.835", BODY))
    at = plain.index(b"PK\1\2")
    encrypted = plain[: at + 8] + b"\1\0" + plain[at + 10 :]
    assert refusal(encrypted) == "its member 1 is encrypted"
    link = plain[: at + 38] + struct.pack("<L", 0o120777 << 16) + plain[at + 42 :]
    assert refusal(link) == "its member 1 is no regular file"
    assert "method" in refusal(zipped(("a.835", BODY), method=zipfile.ZIP_BZIP2))


def test_s11_too_many_members_are_refused_before_the_directory_is_read() -> None:
    many = zipped(*((f"{number}.999", b"") for number in range(11)))
    assert refusal(many, ArchiveLimits(members_max=10)) == "it has more than 10 members"
    end = many.rfind(b"PK\5\6")
    lying = many[: end + 8] + struct.pack("<HH", 1, 1) + struct.pack("<L", 1 << 30) + many[end + 16 :]
    assert refusal(lying) == "it has more than 1000 members"


def test_s11_names_that_come_twice_and_archives_of_the_large_kind_are_refused() -> None:
    assert refusal(zipped(("a", BODY), ("a", b"x"))) == "two of its members have the same name"
    raw = zipped(("a", BODY))
    end = raw.rfind(b"PK\5\6")
    assert "4 GB" in refusal(raw[:end] + b"PK\6\7" + bytes(16) + raw[end:])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-30],
        lambda _: b"PK\3\4",
        lambda _: b"PK\5\6",
        lambda raw: raw[:60] + b"\xff" * 20 + raw[80:],
        lambda raw: raw[: raw.rfind(b"PK\5\6") + 10],
        lambda raw: raw.replace(b"PK\1\2", b"PK\1\3"),
    ],
)
def test_s11_a_damaged_archive_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    assert refusal(spoil(zipped(("a.835", BODY))))


@pytest.mark.parametrize("name", [b"\0.835", b"\0\0\0\0\0"])
def test_s11_a_member_without_a_name_is_refused(name: bytes) -> None:
    assert (
        refusal(zipped(("a.835", BODY)).replace(b"a.835", name)) == "the name of its member 1 is not a plain file name"
    )


@given(st.data())
def test_s11_no_change_of_any_byte_does_more_than_refuse(choice: st.DataObject) -> None:
    raw = bytearray(zipped(("a.835", BODY), ("b.999", b"short")))
    for _ in range(choice.draw(st.integers(1, 4))):
        raw[choice.draw(st.integers(0, len(raw) - 1))] = choice.draw(st.integers(0, 255))
    try:
        found = list(members(bytes(raw), LIMITS))
    except ArchiveRefused:
        return
    assert sum(len(body) for _, body in found) <= LIMITS.ratio_max * len(raw)


def overlapping() -> bytes:
    """Two members whose packed bytes are the same: the first one quotes the second one's header in a stored block."""
    unpacked = b"\0" * 90_000 + bytes(range(256)) * 4
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(unpacked) + packer.flush()
    second = _local(b"b", kernel, unpacked) + kernel
    header = second[: -len(kernel)]
    size = 1 + len(header)  # of the stored block: what it holds must not begin as an archive does
    quoted = b"\0" + struct.pack("<HH", size, size ^ 0xFFFF) + b"x" + second
    first = _local(b"a", quoted, b"x" + header + unpacked)
    entries = _central(b"a", quoted, b"x" + header + unpacked, 0)
    entries += _central(b"b", kernel, unpacked, len(first) + 6)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 2, 2, len(entries), len(first) + len(quoted), 0)
    return first + quoted + entries + end


def _local(name: bytes, packed: bytes, body: bytes) -> bytes:
    sizes = (zlib.crc32(body), len(packed), len(body), len(name), 0)
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, *sizes) + name


def _central(name: bytes, packed: bytes, body: bytes, at: int) -> bytes:
    sizes = (zlib.crc32(body), len(packed), len(body), len(name), 0)
    return struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, at) + name


def test_s11_members_that_share_their_bytes_are_bounded_by_the_whole() -> None:
    """Newer versions of Python see the overlap themselves."""
    said = refusal(overlapping(), ArchiveLimits(ratio_max=250))  # each alone is about 200 times its packed size
    assert said in {"it unpacks to more than 250 times its size", "it is damaged (BadZipFile)"}

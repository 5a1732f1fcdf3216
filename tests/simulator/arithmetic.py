"""An 835 added up by hand: plain string splitting and whole cents, with nothing of the gateway in it."""


def cents(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    assert len(part) <= 2
    assert (whole + part).isdecimal()
    return sign * (int(whole or "0") * 100 + int(part.ljust(2, "0") or "0"))


def balance(body: bytes) -> list[int]:
    """Assert every equation of 005010X221A1 sec. 1.10.2.1, and give each transaction set's payment in cents."""
    sets = body.decode("ascii").split("~ST*")[1:]
    return [_set([row.split("*") for row in one.split("~SE*")[0].split("~")]) for one in sets]


def _set(rows: list[list[str]]) -> int:
    bpr = next(row for row in rows if row[0] == "BPR")
    paid = withheld = 0
    claims: list[list[list[str]]] = []
    for row in rows:
        if row[0] == "CLP":
            claims.append([])
        if row[0] == "PLB":
            withheld += sum(cents(row[at]) for at in range(4, len(row), 2))
        elif claims:
            claims[-1].append(row)
    for claim in claims:
        paid += _claim(claim)
    assert cents(bpr[2]) == paid - withheld
    assert cents(bpr[2]) >= 0
    return cents(bpr[2])


def _claim(rows: list[list[str]]) -> int:
    clp = rows[0]
    charged = lines_paid = patient = adjusted = 0
    left: int | None = None
    for row in [*rows, ["SVC", "", "0", "0"]]:
        if row[0] == "SVC":
            assert left in (None, 0), f"line off by {left} cents"
            charge, paid = cents(row[2]), cents(row[3])
            charged, lines_paid, left = charged + charge, lines_paid + paid, charge - paid
        if row[0] == "CAS":
            amounts = [cents(row[at]) for at in range(3, len(row), 3)]
            left, adjusted = None if left is None else left - sum(amounts), adjusted + sum(amounts)
            patient += sum(amounts) if row[1] == "PR" else 0
    if not any(row[0] == "SVC" for row in rows):  # adjusted as a whole
        charged, lines_paid = cents(clp[3]), cents(clp[4])
    assert cents(clp[3]) == charged
    assert cents(clp[4]) == lines_paid == charged - adjusted
    assert clp[5] == "" if clp[2] == "22" else cents(clp[5]) == patient
    return lines_paid

"""A clearinghouse and its payers in a box: it takes 837P files over SFTP and answers them as the trade does.

What it decides follows from the claim and from its own three files (plans.toml, members.toml, providers.toml); it knows
nothing of the gateway's ledger or configuration. The core (`clearinghouse`) is pure; `journal` makes its answers
durable before anybody sees them; `server` is the SFTP door; `simulator` puts them together. It goes wrong only as it is told
to (`faults`), and only in two places: `misbehaviour` at the door, `answer_faults` at the answers. What payers say where a
scenario steers them (`scenario`, `scripts`, `garbling`) is kept in the same books, and said round by round (`rounds`).
"""

"""Which codes of the outside lists exist (code, from, to), as the implementation guides refer to them. No wording."""

"""The proof that a pathway keeps the safety invariants on every path; `prove` is the way in, `docs/proof.md` the map."""

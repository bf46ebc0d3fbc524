"""The sealed record: entries in one order, a Merkle tree over them, signed heads, proofs, and what checks them all."""

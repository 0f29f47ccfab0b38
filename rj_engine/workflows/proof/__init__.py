"""The proof that a pathway keeps the safety invariants on every path: walk every state, and look at each."""

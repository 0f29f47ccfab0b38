"""From tree to closures: each node becomes one Python function of the names around it."""

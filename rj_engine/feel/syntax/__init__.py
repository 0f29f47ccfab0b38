"""From text to tree: characters to tokens, tokens to names and expressions."""

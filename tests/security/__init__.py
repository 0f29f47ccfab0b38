"""Whether the house keeps strangers out, and how it speaks of people."""

"""Reports: what leads, managers and commissioners read; every figure with its n, and nothing is changed from here."""

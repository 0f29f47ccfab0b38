"""What leaves the house: letters, notices, e-mail and the outbox that carries them."""

"""Cases and what is known in them: people, consents, contacts, withdrawals, referrals."""

"""What happens beside the pathway of a case: referrals, withdrawals, renewals, events and breakages."""

"""People who work in the service: staff, roles, teams, sign-in and tokens."""

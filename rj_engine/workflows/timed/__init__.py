"""What the clock does: timers, the prison ladder, the scheduler, and going on after a restore."""

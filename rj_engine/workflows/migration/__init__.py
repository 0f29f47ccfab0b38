"""Running cases go on by another version: what each would see, the job that moves them, and the way back."""

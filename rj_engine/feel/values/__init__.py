"""The values of the language: numbers, dates, times, durations, ranges, functions and their types."""

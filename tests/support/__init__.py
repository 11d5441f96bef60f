"""What many tests need: a throwaway PostgreSQL, a settable clock, the shipped knowledge."""

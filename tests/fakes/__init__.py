"""Platforms for tests: each speaks its platform's protocol over a real socket and has people who use it."""

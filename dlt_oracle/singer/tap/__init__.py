"""Taps: programs that are configured, asked what they have, started, read, and judged by how they end."""

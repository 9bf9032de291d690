"""Singer taps flow in."""

"""`target-oracle`: a Singer target that loads stdin through dlt, and prints STATE for what is committed."""

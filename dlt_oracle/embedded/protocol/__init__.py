"""Oracle Net and TTC as pure functions: bytes to messages and values, and back. No sockets here."""

"""The data dictionary: its tables and Oracle's views as SQL files, and how to read them."""

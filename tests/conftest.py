"""What all tests share; the fixtures of each room stand in its own folder."""

pytest_plugins = ["judge.plugin"]

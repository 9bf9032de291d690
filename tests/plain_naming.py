"""A naming convention for tests that gives dlt's own tables and columns other names, too."""

from dlt.common.normalizers.naming.snake_case import NamingConvention as SnakeCase


class NamingConvention(SnakeCase):
    """snake_case without underscores at the beginning: ``dlt_version`` for ``_dlt_version``."""

    def normalize_identifier(self, identifier: str) -> str:
        """Return a name in snake_case that begins with a letter."""
        return super().normalize_identifier(identifier).lstrip("_")

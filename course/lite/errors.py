"""What keeps the site from being built, as a sentence."""


class LiteError(Exception):
    """A sentence to the instructor: what was needed, what came, what to do."""

"""What is wrong with a page of the book, as a sentence with its place."""


class BookError(Exception):
    """A sentence to the author: what was needed, what came, where, what to do."""

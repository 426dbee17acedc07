"""A command that cannot be done."""


class Refusal(Exception):
    """The text goes to the host as `e-[...]`."""


def is_number(word: str) -> bool:
    """Whether the word is a whole decimal number, perhaps with a minus sign."""
    return word.removeprefix("-").isdigit() and word.isascii()


def numbers(words: list[str], count: int) -> list[int]:
    """The first `count` numbers among the words, 0 for those that are not there."""
    found = [int(word) for word in words if is_number(word)]
    return [*found, *[0] * count][:count]

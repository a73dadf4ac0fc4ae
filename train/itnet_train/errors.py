"""The one error type that the command line turns into a single line."""


class BadInput(Exception):
    """Something that the user gave cannot be used: the message names it, what was found and what was expected."""

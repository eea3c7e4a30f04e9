"""What can go wrong with private servers."""


class StackError(Exception):
    """A server could not be found or started; the message says what to do."""

"""The errors that a person who runs the program can mend."""


class OperatorError(Exception):
    """Something for the person who runs the program; the message says what happened, to what, and what to do.

    The command line shows it as plain lines, without a traceback.
    """

"""The base of errors that the person at the keyboard can mend."""


class UserError(Exception):
    """Something the user can put right; the message is one line that says how."""

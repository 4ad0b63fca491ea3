"""What signing in can refuse."""


class NotSignedIn(Exception):
    """No token, or one that is unknown, ended or revoked."""


class SignInRefused(Exception):
    """One answer for every failure: unknown login, wrong password, wrong code, locked after too many of these."""


class CsrfHeaderMissing(Exception):
    """A change that is signed in by a cookie, without the header that only our own pages can send."""


class NotAllowed(Exception):
    """Signed in, but none of the account's grants covers this."""

    def __init__(self, action: str) -> None:
        super().__init__(f"no grant covers: {action}")
        self.action = action


class SessionUnknown(Exception):
    """No such sign-in of this account, or it has ended."""


class LoginTaken(Exception):
    def __init__(self, login: str) -> None:
        super().__init__("the login is taken")
        self.login = login

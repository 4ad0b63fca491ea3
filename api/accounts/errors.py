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


class OtpTooMany(Exception):
    """Too many codes were asked for."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too many codes")
        self.retry_after_s, self.minutes = retry_after_s, -(-retry_after_s // 60)


class SmsNotConfigured(Exception):
    """This installation sends, or takes, no text messages."""


class PhoneTaken(Exception):
    """The number belongs to an account that this one cannot be joined to."""


class AccountUnknown(Exception):
    """No member of staff has this id."""


class GrantUnknown(Exception):
    """No such grant, or none that the speaker may see."""


class LoginTaken(Exception):
    def __init__(self, login: str) -> None:
        super().__init__("the login is taken")
        self.login = login

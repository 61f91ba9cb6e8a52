"""What can go wrong in a download: for good, for everything, or only for now."""

from mrpn.common.errors import MrpnError


class DownloadError(MrpnError):
    """A file, list or store that cannot be fetched; its text names the address and the remedy."""


class StoreError(DownloadError):
    """A store that gives out nothing: no other file of it needs to be tried."""


class RefusedError(DownloadError):
    """A server's refusal that trying again does not change."""


class PassingError(Exception):
    """Something that may pass by itself, so that another try is worth it.

    Args:
        reason: one line naming the address.
        wait: seconds that the server asks to wait before the next try; None if it does not.
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class StoppedError(Exception):
    """The whole download is being stopped, and this part of it ends here."""

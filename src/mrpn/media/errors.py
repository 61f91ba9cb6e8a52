"""A file that is whole but lacks picture or sound, told apart from a broken one."""

from mrpn.common.errors import MediaError


class MissingTrackError(MediaError):
    """A readable file without the picture or the sound that was asked of it."""

"""What a sound file of another kind lacks, told apart from a broken file."""

from mrpn.common.errors import MediaError


class MissingTrackError(MediaError):
    """A readable file without the picture or the sound that was asked of it."""

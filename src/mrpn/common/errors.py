"""The errors a user can cause, each one clear line."""


class MrpnError(Exception):
    """Something a user can put right; its text names the file, the value and the remedy."""


class MediaError(MrpnError):
    """A media file that cannot be read, or lacks what was asked of it."""


class CorpusError(MrpnError):
    """A corpus, manifest or fold that is not what it should be."""


class ConfigError(MrpnError):
    """A recipe or setting with an unknown key or a wrong value."""


class WeightsError(MrpnError):
    """A weights file that cannot be read, or does not fit the network."""

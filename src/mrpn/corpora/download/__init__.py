"""Fetching corpora from where their makers keep them: resumed, checked, several files at once.

pooch, the usual library for this, begins a broken download anew; at half a gigabyte per file that
is too dear. So urllib3 does the protocol and the rest is here, in small files.
"""

from mrpn.corpora.download.choice import Offer, choose_actors, choose_kinds
from mrpn.corpora.download.client import Client
from mrpn.corpora.download.crema_d import crema_d_catalogue
from mrpn.corpora.download.engine import Catalogue, Outcome, Survey, download, survey
from mrpn.corpora.download.errors import DownloadError
from mrpn.corpora.download.journal import alone_in
from mrpn.corpora.download.part import RemoteFile
from mrpn.corpora.download.patience import Patience
from mrpn.corpora.download.ravdess import ravdess_catalogue

__all__ = [
    "Catalogue",
    "Client",
    "DownloadError",
    "Offer",
    "Outcome",
    "Patience",
    "RemoteFile",
    "Survey",
    "alone_in",
    "choose_actors",
    "choose_kinds",
    "crema_d_catalogue",
    "download",
    "ravdess_catalogue",
    "survey",
]

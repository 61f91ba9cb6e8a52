"""RAVDESS, from Zenodo record 1188976 (Livingstone and Russo, 2018)."""

from collections.abc import Sequence

from mrpn.corpora.download.choice import Offer
from mrpn.corpora.download.client import Client
from mrpn.corpora.download.engine import Catalogue
from mrpn.corpora.download.zenodo import ZENODO, ZenodoStore

RECORD = 1188976
_NAMES = {
    "speech-video": "Video_Speech_Actor_{:02}.zip",
    "song-video": "Video_Song_Actor_{:02}.zip",
    "speech-audio": "Audio_Speech_Actors_01-24.zip",
    "song-audio": "Audio_Song_Actors_01-24.zip",
}
OFFER = Offer(
    name="ravdess",
    licence=(
        "RAVDESS is licensed under Creative Commons Attribution-NonCommercial-ShareAlike 4.0;\n"
        "commercial licences are sold by its makers.\n"
        "Cite: Livingstone SR, Russo FA (2018), PLoS ONE 13(5): e0196391; "
        "doi:10.5281/zenodo.1188976."
    ),
    address="https://creativecommons.org/licenses/by-nc-sa/4.0/",
    kinds=tuple(_NAMES),
    actors=range(1, 25),
)
# There are no recordings of actor 18's songs.
_NO_SONGS = 18


def ravdess_catalogue(
    client: Client, kinds: Sequence[str], actors: Sequence[int], *, base: str = ZENODO
) -> Catalogue:
    """Ask Zenodo for RAVDESS's archives: one per actor for video, one of all actors for audio.

    Args:
        client: to ask with.
        kinds: of OFFER.
        actors: 1 to 24.
        base: address of Zenodo, or of a mirror.

    Raises:
        DownloadError: the record cannot be had, or lacks a file.
    """
    names = {
        _NAMES[kind].format(actor): None
        for kind in kinds
        for actor in actors
        if (kind, actor) != ("song-video", _NO_SONGS)
    }
    notes = []
    if "song-video" in kinds and _NO_SONGS in actors:
        notes.append(f"actor {_NO_SONGS} has no songs")
    if len(actors) < len(OFFER.actors) and any(kind.endswith("audio") for kind in kinds):
        notes.append("the audio archives hold all actors; they come whole")
    store = ZenodoStore(base, RECORD)
    return Catalogue(store.files(client, tuple(names)), store, notes=tuple(notes))

"""How networks that learned from pictures of faces are shown other pictures."""

from mrpn.media import ClipSettings

# Networks that learned from pictures of faces see crops framed like those: the side of a FER2013
# picture over that of the face in it (median of 339 of its training pictures).
FRAMED = 1.03
# A picture with sides of up to so many times the crop's is a face already.
_FACE_ALREADY = 2


def framed(settings: ClipSettings, width: int, height: int) -> ClipSettings:
    """Return how a picture of this size is read by a network that learned from pictures of faces.

    Small ones are faces already; in others faces are looked for, and cropped as those are framed.
    For other networks the settings stay as they are. Source: ours.
    """
    if not settings.whole or max(width, height) <= _FACE_ALREADY * settings.size:
        return settings
    return settings.model_copy(
        update={"faces": "detect", "detector": "retinaface", "margin": FRAMED}
    )

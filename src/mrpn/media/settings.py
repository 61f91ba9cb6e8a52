"""The settings of reading a clip."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from mrpn.common.config import Settings

Border = Literal["edge", "zeros"]
# What changes the sound or how crops are cut, but not where faces are.
_NOT_DETECTION = {"rate", "size", "margin", "border", "align"}


class ClipSettings(Settings):
    """How a clip is read from media files; stored in every weights file.

    Attributes:
        rate: samples of sound per second (paper, section 3).
        frame_rate: pictures per second, chosen by time stamps (reconstruction, section 6).
        size: side of a face crop in pixels (reconstruction, section 6).
        faces: "detect" looks for faces; "whole" takes the picture's central square, for
            pictures that are faces already.
        detector: which face detector: "retinaface", "dlib" (the paper's), "yunet"; "none" is the
            same as `faces` "whole".
        model: path of the detector's model file, for "dlib" and "yunet"; None looks for it where
            `mrpn.media.faces` says.
        detector_side: pictures are reduced to this longer side for detection.
        threshold: least score of a face where it is first seen; half of it is enough to go on.
        detect_every: at least every so many of the chosen pictures are examined by the detector,
            the first and the last always; more where faces move, and all where they come, go or
            leap, or the picture changes. Boxes between are interpolated.
        reach: a picture farther than this from every detection of the face has none, in seconds.
        gap: a face that is lost for up to this long within a shot is still the same, in seconds.
            The largest of gap, reach and 3 smooth is also how far the stream looks ahead.
        smooth: standard deviation of the Gaussian that steadies boxes over time, in seconds.
        max_faces: how many faces of one picture are kept at most, the weightiest.
        margin: the crop's side over the face box's longer one (reconstruction, section 6).
        border: what a crop shows beyond the picture: its "edge" repeated, or "zeros".
        align: turn crops so that the eyes are level; needs a detector that gives landmarks.

    Those without a source are ours.
    """

    rate: int = Field(16000, ge=1000, le=192000)
    frame_rate: float = Field(10.0, gt=0, le=240)
    size: int = Field(112, ge=8, le=1024)
    faces: Literal["detect", "whole"] = "detect"
    detector: str = "retinaface"
    model: str | None = None
    detector_side: int = Field(320, ge=32)
    threshold: float = Field(0.6, gt=0, lt=1)
    detect_every: int = Field(4, ge=1)
    reach: float = Field(0.5, gt=0)
    gap: float = Field(1.0, ge=0, le=10)
    smooth: float = Field(0.15, ge=0)
    max_faces: int = Field(4, ge=1)
    margin: float = Field(1.3, gt=0, le=10)
    border: Border = "edge"
    align: bool = False

    @property
    def whole(self) -> bool:
        """Whether the picture itself is taken for the face."""
        return self.faces == "whole" or self.detector == "none"

    def detection(self) -> dict[str, Any]:
        """Return the settings that decide where faces are found.

        Clips read with the same ones have the same tracks, and crops can be cut again along them
        whatever the others are.
        """
        return self.model_dump(mode="json", exclude=_NOT_DETECTION)

    @field_validator("align")
    @classmethod
    def _has_eyes(cls, value: bool, info: ValidationInfo) -> bool:
        whole = info.data.get("faces") == "whole" or info.data.get("detector") == "none"
        if value and (whole or info.data.get("detector") == "dlib"):
            without = "whole pictures" if whole else "the detector 'dlib'"
            raise ValueError(f"{without} have no eyes' places to turn by; use 'retinaface', or off")
        return value

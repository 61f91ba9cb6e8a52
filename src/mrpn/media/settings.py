"""The settings of reading a clip."""

from typing import Literal

from pydantic import Field

from mrpn.common.config import Settings

Border = Literal["edge", "zeros"]


class ClipSettings(Settings):
    """How a clip is read from media files; stored in every weights file.

    Attributes:
        rate: samples of sound per second (paper, section 3).
        frame_rate: pictures per second, chosen by time stamps (reconstruction, section 6).
        size: side of a face crop in pixels (reconstruction, section 6).
        faces: "detect" looks for the main face; "whole" takes the picture's central square, for
            pictures that are faces already.
        detector: which face detector; "none" is the same as `faces` "whole".
        detector_side: pictures are reduced to this longer side for detection.
        threshold: least score of a face.
        detect_every: every how many of the chosen pictures the detector is asked; boxes between
            are interpolated. The first and the last are always examined.
        reach: a picture farther than this from every detection of the face has none, in seconds;
            never less than half the time between examined pictures.
        smooth: standard deviation of the Gaussian that steadies boxes over time, in seconds.
        margin: the crop's side over the face box's longer one (reconstruction, section 6).
        border: what a crop shows beyond the picture: its "edge" repeated, or "zeros".

    Those without a source are ours.
    """

    rate: int = Field(16000, ge=1000, le=192000)
    frame_rate: float = Field(10.0, gt=0, le=240)
    size: int = Field(112, ge=8, le=1024)
    faces: Literal["detect", "whole"] = "detect"
    detector: str = "retinaface"
    detector_side: int = Field(320, ge=32)
    threshold: float = Field(0.6, gt=0, lt=1)
    detect_every: int = Field(2, ge=1)
    reach: float = Field(0.5, gt=0)
    smooth: float = Field(0.15, ge=0)
    margin: float = Field(1.3, gt=0, le=10)
    border: Border = "edge"

    @property
    def whole(self) -> bool:
        """Whether the picture itself is taken for the face."""
        return self.faces == "whole" or self.detector == "none"

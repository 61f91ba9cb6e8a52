"""Recognising emotion in recordings with a trained network: any video in, a timeline out."""

from mrpn.recognition.live import LiveRecognizer
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.result import Answer, Failed, Moment, Person, Recognition
from mrpn.recognition.windows import Windows

__all__ = [
    "Answer",
    "Failed",
    "LiveRecognizer",
    "Moment",
    "Person",
    "Recognition",
    "Recognizer",
    "Windows",
]

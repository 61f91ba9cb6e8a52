"""Recognising the emotion in a media file with a trained network."""

from mrpn.recognition.recognizer import Recognition, Recognizer

__all__ = ["Recognition", "Recognizer"]

"""Questionnaires and scales: what they ask, how they score and what a change means."""

from ebbtide.science.instruments.catalogue import INSTRUMENTS, instrument_named, score
from ebbtide.science.instruments.comparison import Change, change
from ebbtide.science.instruments.definition import Instrument, Item, Provenance, Rights
from ebbtide.science.instruments.responses import response, score_response
from ebbtide.science.instruments.result import Score
from ebbtide.science.instruments.wording import load_text, questionnaire

__all__ = [
    "INSTRUMENTS",
    "Change",
    "Instrument",
    "Item",
    "Provenance",
    "Rights",
    "Score",
    "change",
    "instrument_named",
    "load_text",
    "questionnaire",
    "response",
    "score",
    "score_response",
]

"""The report of a study: the same clips under several networks, beside the published numbers."""

from mrpn.evaluation.study.beside import beside, beside_data
from mrpn.evaluation.study.inputs import StudyInputs, StudyRow, check_study_predictions
from mrpn.evaluation.study.selection import Selection
from mrpn.evaluation.study.study import Study, default_pairs, prepare_study
from mrpn.evaluation.study.terminal import study_summary
from mrpn.evaluation.study.writing import write_pictures, write_study_report

__all__ = [
    "Selection",
    "Study",
    "StudyInputs",
    "StudyRow",
    "beside",
    "beside_data",
    "check_study_predictions",
    "default_pairs",
    "prepare_study",
    "study_summary",
    "write_pictures",
    "write_study_report",
]

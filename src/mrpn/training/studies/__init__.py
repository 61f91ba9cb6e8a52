"""Studies: the rows of a table trained over all folds by one command, and what its report needs."""

from mrpn.training.studies.conduct import (
    Conducted,
    Request,
    conduct,
    plan_study,
    ready_plan,
)
from mrpn.training.studies.corpora import Corpora
from mrpn.training.studies.features import features
from mrpn.training.studies.gathering import export_study, gather, study_inputs
from mrpn.training.studies.plan import Chosen, Plan
from mrpn.training.studies.study import Study, load_study

__all__ = [
    "Chosen",
    "Conducted",
    "Corpora",
    "Plan",
    "Request",
    "Study",
    "conduct",
    "export_study",
    "features",
    "gather",
    "load_study",
    "plan_study",
    "ready_plan",
    "study_inputs",
]

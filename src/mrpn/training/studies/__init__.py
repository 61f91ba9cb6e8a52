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
from mrpn.training.studies.gathering import gather, study_inputs
from mrpn.training.studies.keeping import export_study, join_studies
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
    "join_studies",
    "load_study",
    "plan_study",
    "ready_plan",
    "study_inputs",
]

"""Evaluation: from predictions tables to metrics, figures and reports; it knows no models."""

from mrpn.evaluation.history import check_history, concat_history, load_history, save_history
from mrpn.evaluation.material import ReportInputs, Runs, read_runs
from mrpn.evaluation.metrics import (
    accuracy,
    brier_score,
    class_recalls,
    confusion_counts,
    confusion_rates,
    log_loss,
    macro_f1,
    majority_share,
    unweighted_average_recall,
    wilson_interval,
)
from mrpn.evaluation.predictions import (
    build_predictions,
    check_predictions,
    classes_of,
    concat_predictions,
    load_predictions,
    save_predictions,
)
from mrpn.evaluation.product import product_of_posteriors
from mrpn.evaluation.report import ReportPaths, write_report
from mrpn.evaluation.summary import actor_scores, group_table, inferior_cases, score_table
from mrpn.evaluation.tables import TableError
from mrpn.evaluation.terminal import summary_table

__all__ = [
    "ReportInputs",
    "ReportPaths",
    "Runs",
    "TableError",
    "accuracy",
    "actor_scores",
    "brier_score",
    "build_predictions",
    "check_history",
    "check_predictions",
    "class_recalls",
    "classes_of",
    "concat_history",
    "concat_predictions",
    "confusion_counts",
    "confusion_rates",
    "group_table",
    "inferior_cases",
    "load_history",
    "load_predictions",
    "log_loss",
    "macro_f1",
    "majority_share",
    "product_of_posteriors",
    "read_runs",
    "save_history",
    "save_predictions",
    "score_table",
    "summary_table",
    "unweighted_average_recall",
    "wilson_interval",
    "write_report",
]

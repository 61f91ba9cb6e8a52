"""The paper's published accuracies, and what does not fit together in them."""

from mrpn.evaluation.published.tables import (
    PublishedRow,
    PublishedTable,
    human_accuracy,
    published_note,
    published_row,
    published_source,
    published_table,
)

__all__ = [
    "PublishedRow",
    "PublishedTable",
    "human_accuracy",
    "published_note",
    "published_row",
    "published_source",
    "published_table",
]

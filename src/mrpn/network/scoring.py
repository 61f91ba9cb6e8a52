"""From features to scores."""

from torch import Tensor, nn

from mrpn.common.errors import ConfigError


class Scoring(nn.Module):
    """The scores of one target: `Dense(Dropout(ReLU(Dense(f))))`.

    The paper lists dense, ReLU, dropout and norm as its standard units; their order and the sizes
    here are a reconstruction.

    Args:
        features: width of f, 1 or more.
        classes: number of classes, or of numbers to predict.
        hidden: width between the two dense units, 1 or more.
        dropout: share of hidden values dropped in training, 0 <= dropout < 1.

    Raises:
        ConfigError: a size or dropout outside its range.
    """

    def __init__(
        self, features: int, classes: int, hidden: int = 256, dropout: float = 0.5
    ) -> None:
        super().__init__()
        if min(features, classes, hidden) < 1:
            sizes = f"features={features}, classes={classes}, hidden={hidden}"
            raise ConfigError(f"a Scoring needs sizes of 1 or more, not {sizes}")
        if not 0 <= dropout < 1:
            raise ConfigError(f"dropout={dropout}: give a share, 0 <= dropout < 1")
        self.hidden = nn.Linear(features, hidden)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(dropout)
        self.scores = nn.Linear(hidden, classes)

    def forward(self, f: Tensor) -> Tensor:
        """Score features [B, features]: [B, classes]."""
        scores: Tensor = self.scores(self.dropout(self.relu(self.hidden(f))))
        return scores

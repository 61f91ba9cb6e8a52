"""The networks of the paper, for any modalities: tensors in, scores out, no files, no media."""

from mrpn.network.aggregators import Aggregator, aggregator, aggregators, register_aggregator
from mrpn.network.branch import Branch
from mrpn.network.building import build_branch, build_network
from mrpn.network.encoders import encoder, encoders, register_encoder
from mrpn.network.fusion import Fusion
from mrpn.network.late import late_fusion
from mrpn.network.loss import MultiTermLoss
from mrpn.network.multimodal import MultiModalNetwork
from mrpn.network.norm import FeatureLayerNorm, FeatureNorm
from mrpn.network.residual import DensePerceptron, ResidualPerceptron, Variant
from mrpn.network.resnet import ResNet18
from mrpn.network.scores import Scores
from mrpn.network.scoring import Scoring
from mrpn.network.sequence import Sequence
from mrpn.network.spec import BranchSpec, Kind, NetworkSpec
from mrpn.network.targets import Target
from mrpn.network.wiring import Wiring

__all__ = [
    "Aggregator",
    "Branch",
    "BranchSpec",
    "DensePerceptron",
    "FeatureLayerNorm",
    "FeatureNorm",
    "Fusion",
    "Kind",
    "MultiModalNetwork",
    "MultiTermLoss",
    "NetworkSpec",
    "ResNet18",
    "ResidualPerceptron",
    "Scores",
    "Scoring",
    "Sequence",
    "Target",
    "Variant",
    "Wiring",
    "aggregator",
    "aggregators",
    "build_branch",
    "build_network",
    "encoder",
    "encoders",
    "late_fusion",
    "register_aggregator",
    "register_encoder",
]

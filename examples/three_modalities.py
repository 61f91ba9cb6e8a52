"""Three modalities, two targets, one of them a number: MRPN on data of one's own."""

import torch

from mrpn.network import BranchSpec, MultiTermLoss, NetworkSpec, Sequence, Target, build_network


def batch(rows: int) -> tuple[dict[str, Sequence], dict[str, torch.Tensor]]:
    """Draw sequences of 2 to 5 vectors that show the mood and the load, each with its own noise."""
    mood, load = torch.randint(3, (rows,)), torch.rand(rows)
    cues = torch.cat((torch.eye(3)[mood], load[:, None]), dim=1)
    sequences = {}
    for name in ("posture", "pulse", "touch"):
        lengths = torch.randint(2, 6, (rows,)).tolist()
        items = [cue + 0.5 * torch.randn(n, 4) for cue, n in zip(cues, lengths, strict=True)]
        sequences[name] = Sequence.from_list(items)
    return sequences, {"mood": mood, "load": load}


torch.manual_seed(0)
branch = BranchSpec(encoder="mlp", in_channels=4, width=16, aggregator="mean", features=16)
targets = {"mood": Target(size=3), "load": Target(kind="regression", size=1)}
network = build_network(
    NetworkSpec(branches=dict.fromkeys(("posture", "pulse", "touch"), branch), targets=targets)
)
loss, optimiser = MultiTermLoss(network.targets), torch.optim.AdamW(network.parameters(), lr=3e-3)
for _ in range(150):
    sequences, truth = batch(64)
    optimiser.zero_grad()
    loss(network(sequences), truth).backward()
    optimiser.step()
sequences, truth = batch(1000)
with torch.no_grad():
    scores = network.eval()(sequences)
accuracy = (scores.targets["mood"].argmax(1) == truth["mood"]).float().mean()
error = (scores.targets["load"][:, 0] - truth["load"]).abs().mean()
print(f"mood: {accuracy:.1%} right (chance 33.3%); load: off by {error:.3f} (chance 0.250)")

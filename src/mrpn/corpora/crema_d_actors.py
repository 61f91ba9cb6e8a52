"""CREMA-D's 91 actors: their sex, and the nine folds that results are reported on."""

from mrpn.corpora.folds import FoldSet, Protocol, rotating_folds

ACTORS = tuple(str(number) for number in range(1001, 1092))
# Those of sex "Female" in the corpus's VideoDemographics.csv; known here so that folds and
# manifests are the same where that table was not downloaded.
# fmt: off
_WOMEN = frozenset({
    1002, 1003, 1004, 1006, 1007, 1008, 1009, 1010, 1012, 1013, 1018, 1020, 1021, 1024,
    1025, 1028, 1029, 1030, 1037, 1043, 1046, 1047, 1049, 1052, 1053, 1054, 1055, 1056,
    1058, 1060, 1061, 1063, 1072, 1073, 1074, 1075, 1076, 1078, 1079, 1082, 1084, 1089,
    1091,
})
# fmt: on
FOLDS = 9


def crema_d_sex(actor: str) -> str:
    """Return an actor's sex, "male" or "female"."""
    return "female" if int(actor) in _WOMEN else "male"


def crema_d_folds(protocol: Protocol = "strict") -> FoldSet:
    """Return the nine folds of CREMA-D, S1 to S9: every actor tested once, the sexes balanced.

    A fold tests five or six of the 48 men and four or five of the 43 women (nine folds:
    paper, table of CREMA-D; which actors are in which is ours, since the paper does not say).
    """
    by_sex = {
        sex: [actor for actor in ACTORS if crema_d_sex(actor) == sex] for sex in ("male", "female")
    }
    return rotating_folds(
        by_sex, folds=FOLDS, name=f"crema-d-{protocol}", prefix="S", protocol=protocol
    )
